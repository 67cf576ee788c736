import type { StoredObject } from './buckets.ts';
import { S3Error } from './error.ts';
import { type S3Reply, xml } from './reply.ts';
import type { S3Request } from './request.ts';

const mostKeysPerPage = 1_000;

type Entry = { readonly key: string; readonly object: StoredObject } | { readonly commonPrefix: string };

/** ListObjectsV2: keys in the order of their UTF-8 bytes, rolled up at the delimiter, at most 1,000 entries a page. */
export function listObjects(request: S3Request, objects: ReadonlyMap<string, StoredObject>): S3Reply {
  const { query } = request;
  const prefix = query.get('prefix') ?? '';
  const delimiter = query.get('delimiter') ?? '';
  const maxKeys = pageSize(query.get('max-keys'));
  const token = query.get('continuation-token');
  const after = token === null ? (query.get('start-after') ?? '') : Buffer.from(token, 'base64url').toString();
  const encode = query.get('encoding-type') === 'url' ? encodeURIComponent : (text: string) => text;
  const page: Entry[] = [];
  let truncated = false;
  for (const entry of entries(objects, { prefix, delimiter })) {
    if (compareBytes(nameOf(entry), after) <= 0) continue;
    truncated = page.length >= maxKeys;
    if (truncated) break;
    page.push(entry);
  }
  const last = page.at(-1);
  return xml({
    ListBucketResult: {
      Name: request.bucket,
      Prefix: encode(prefix),
      Delimiter: delimiter === '' ? undefined : encode(delimiter),
      StartAfter: query.get('start-after') ?? undefined,
      EncodingType: query.get('encoding-type') ?? undefined,
      MaxKeys: maxKeys,
      KeyCount: page.length,
      IsTruncated: truncated,
      ContinuationToken: token ?? undefined,
      NextContinuationToken: truncated && last ? Buffer.from(nameOf(last)).toString('base64url') : undefined,
      Contents: page.flatMap((entry) => ('key' in entry ? [contents(entry.key, entry.object)] : [])),
      CommonPrefixes: page.flatMap((entry) => ('key' in entry ? [] : [{ Prefix: encode(entry.commonPrefix) }])),
    },
  });

  function contents(key: string, object: StoredObject) {
    return {
      Key: encode(key),
      LastModified: object.lastModified.toISOString(),
      ETag: object.etag,
      Size: object.body.length,
      StorageClass: 'STANDARD',
    };
  }
}

function* entries(
  objects: ReadonlyMap<string, StoredObject>,
  { prefix, delimiter }: { prefix: string; delimiter: string },
): Generator<Entry> {
  let rolledUp: string | undefined;
  for (const [key, object] of [...objects].sort(([a], [b]) => compareBytes(a, b))) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      yield { key, object };
      continue;
    }
    const commonPrefix = key.slice(0, cut + delimiter.length);
    if (commonPrefix !== rolledUp) yield { commonPrefix };
    rolledUp = commonPrefix;
  }
}

function nameOf(entry: Entry): string {
  return 'key' in entry ? entry.key : entry.commonPrefix;
}

function compareBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function pageSize(text: string | null): number {
  const size = text === null ? mostKeysPerPage : Number(text);
  if (!Number.isInteger(size) || size < 0) {
    throw new S3Error('InvalidArgument', 400, `max-keys is ${text}: give a whole number from 0 to 1000.`);
  }
  return Math.min(size, mostKeysPerPage);
}
