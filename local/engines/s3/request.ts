import type { IncomingMessage } from 'node:http';
import { crc32 } from 'node:zlib';
import { S3Error } from './error.ts';

export interface S3Request {
  readonly method: string;
  /** Empty for a request to the service itself. */
  readonly bucket: string;
  /** Empty for a request to the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string>>;
  /** Decoded: what the caller wants stored. */
  readonly body: Buffer;
  /** Base64 of the body's CRC-32, when the caller sent one; it matches. */
  readonly crc32?: string;
}

/** @throws {S3Error} `BadDigest` when the body is not the one its checksum was made of; `InvalidURI`. */
export async function readRequest(incoming: IncomingMessage): Promise<S3Request> {
  // Taken apart by hand: a URL parser would resolve the dots in keys such as `a/../b`.
  const [path = '', search = ''] = (incoming.url ?? '/').split('?', 2);
  const [bucket = '', ...keyParts] = path.slice(1).split('/');
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const raw = Buffer.concat(parts);
  const streamed = headers['x-amz-content-sha256']?.startsWith('STREAMING-') ?? false;
  const { body, trailers } = streamed ? decodeChunks(raw) : { body: raw, trailers: {} };
  const checksum = headers['x-amz-checksum-crc32'] ?? trailers['x-amz-checksum-crc32'];
  if (checksum !== undefined && checksum !== crc32Base64(body)) {
    throw new S3Error('BadDigest', 400, 'The CRC32 you specified did not match the calculated checksum.');
  }
  return {
    method: incoming.method ?? 'GET',
    bucket: decoded(bucket),
    key: decoded(keyParts.join('/')),
    query: new URLSearchParams(search),
    headers,
    body,
    ...(checksum === undefined ? {} : { crc32: checksum }),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new S3Error('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

function crc32Base64(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

/**
 * The `aws-chunked` body SDKs send for streams: `SIZE[;chunk-signature=...]` CRLF, data, CRLF, ..., a chunk of size 0,
 * then trailing headers.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 */
function decodeChunks(raw: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = raw.indexOf('\r\n', at);
    const size = Number.parseInt(raw.toString('latin1', at, lineEnd), 16);
    if (lineEnd < 0 || Number.isNaN(size))
      throw new S3Error('IncompleteBody', 400, 'A chunk of the body is malformed.');
    at = lineEnd + 2;
    if (size === 0) break;
    chunks.push(raw.subarray(at, at + size));
    at += size + 2;
  }
  const trailers = raw
    .toString('latin1', at)
    .split('\r\n')
    .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
    .flatMap((match) => (match === null ? [] : [[match[1]?.toLowerCase() ?? '', match[2] ?? '']]));
  return { body: Buffer.concat(chunks), trailers: Object.fromEntries(trailers) };
}
