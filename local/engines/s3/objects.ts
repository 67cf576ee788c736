import { createHash } from 'node:crypto';
import type { StoredObject } from './buckets.ts';
import { notImplemented, S3Error } from './error.ts';
import { empty, type S3Reply, xml } from './reply.ts';
import type { S3Request } from './request.ts';
import { xmlTexts } from './xml.ts';

type Objects = Map<string, StoredObject>;

const keptHeaders = [
  'content-type',
  'content-encoding',
  'content-disposition',
  'content-language',
  'cache-control',
  'expires',
];

/** PutObject. @throws {S3Error} `PreconditionFailed` for `If-None-Match: *` on an existing key, or another ETag. */
export function putObject(request: S3Request, objects: Objects): S3Reply {
  const { key, headers, body } = request;
  if (headers['x-amz-copy-source'] !== undefined) throw notImplemented('CopyObject');
  const existing = objects.get(key);
  const ifNoneMatch = headers['if-none-match'];
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') throw notImplemented('If-None-Match with a value other than *');
  if (ifNoneMatch === '*' && existing !== undefined) throw preconditionFailed('If-None-Match');
  const ifMatch = headers['if-match'];
  if (ifMatch !== undefined && existing === undefined) throw noSuchKey();
  if (ifMatch !== undefined && !matches(ifMatch, existing?.etag)) throw preconditionFailed('If-Match');
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  const checksum: Record<string, string> = request.crc32 === undefined ? {} : { 'x-amz-checksum-crc32': request.crc32 };
  objects.set(key, { body, etag, lastModified: new Date(), headers: { ...describing(headers), ...checksum } });
  return empty(200, { etag, ...checksum });
}

/** GetObject and HeadObject: the transport leaves out the body of the latter's reply. */
export function getObject(request: S3Request, objects: Objects): S3Reply {
  const { key, headers } = request;
  if (headers.range !== undefined) throw notImplemented('reading a range');
  const object = objects.get(key);
  if (object === undefined) throw noSuchKey();
  if (headers['if-match'] !== undefined && !matches(headers['if-match'], object.etag)) {
    throw preconditionFailed('If-Match');
  }
  if (matches(headers['if-none-match'], object.etag)) return empty(304, { etag: object.etag });
  const { 'x-amz-checksum-crc32': checksum, ...described } = object.headers;
  const wantsChecksum = headers['x-amz-checksum-mode'] === 'ENABLED' && checksum !== undefined;
  return {
    status: 200,
    headers: {
      'content-type': 'binary/octet-stream',
      ...described,
      'content-length': String(object.body.length),
      etag: object.etag,
      'last-modified': object.lastModified.toUTCString(),
      ...(wantsChecksum ? { 'x-amz-checksum-crc32': checksum, 'x-amz-checksum-type': 'FULL_OBJECT' } : {}),
    },
    body: object.body,
  };
}

/** DeleteObject: of a key that does not exist, too. */
export function deleteObject(request: S3Request, objects: Objects): S3Reply {
  if (request.headers['if-match'] !== undefined) throw notImplemented('If-Match on DeleteObject');
  objects.delete(request.key);
  return empty(204);
}

/** DeleteObjects: up to 1,000 keys. */
export function deleteObjects(request: S3Request, objects: Objects): S3Reply {
  const document = request.body.toString();
  const keys = xmlTexts(document, 'Key');
  if (keys.length === 0 || keys.length > 1_000) {
    throw new S3Error('MalformedXML', 400, `DeleteObjects names ${keys.length} keys: give 1 to 1000.`);
  }
  for (const key of keys) objects.delete(key);
  const quiet = xmlTexts(document, 'Quiet')[0] === 'true';
  return xml({ DeleteResult: { Deleted: quiet ? undefined : keys.map((Key) => ({ Key })) } });
}

function describing(headers: S3Request['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('x-amz-meta-') || keptHeaders.includes(name)) kept[name] = value;
  }
  // How the body travelled is not how it is encoded: S3 takes `aws-chunked` away.
  const encoding = kept['content-encoding']?.split(',').map((one) => one.trim());
  delete kept['content-encoding'];
  const left = encoding?.filter((one) => one !== '' && one !== 'aws-chunked').join(',');
  return left ? { ...kept, 'content-encoding': left } : kept;
}

function matches(condition: string | undefined, etag: string | undefined): boolean {
  if (condition === undefined || etag === undefined) return false;
  return condition === '*' || condition.split(',').some((one) => one.trim().replace(/^"?|"?$/g, '"') === etag);
}

function noSuchKey(): S3Error {
  return new S3Error('NoSuchKey', 404, 'The specified key does not exist.');
}

function preconditionFailed(condition: string): S3Error {
  return new S3Error(
    'PreconditionFailed',
    412,
    `At least one of the pre-conditions you specified did not hold: ${condition}`,
  );
}
