import { Readable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  paginateListObjectsV2,
  S3Client,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { startS3 } from '../../local/engines/s3.ts';

const Bucket = 'letters';
let engine: Engine;
let s3: S3Client;

beforeAll(async () => {
  engine = await startS3({ port: await createPortAllocator().take(0) });
  // Nothing but an endpoint: path style and checksums are the SDK's defaults.
  s3 = new S3Client({
    endpoint: engine.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'any', secretAccessKey: 'pair' },
  });
  await s3.send(new CreateBucketCommand({ Bucket }));
});

afterAll(() => engine.stop());

test('an object comes back with its bytes, type and metadata', async () => {
  const put = { Bucket, Key: 'a/../ä & b+c.json', Body: '{"n":1}', ContentType: 'application/json' };
  const { ETag } = await s3.send(new PutObjectCommand({ ...put, Metadata: { consumer: 'search' } }));

  const read = await s3.send(new GetObjectCommand({ Bucket, Key: put.Key }));
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: put.Key }));

  expect(await read.Body?.transformToString()).toBe('{"n":1}');
  expect(read).toMatchObject({ ETag, ContentType: 'application/json', Metadata: { consumer: 'search' } });
  expect(head).toMatchObject({ ETag, ContentLength: 7 });
});

test('a streamed object is stored without the framing it travelled in', async () => {
  const Body = Readable.from([Buffer.from('first line\n'), Buffer.from('second line\n')]);
  await s3.send(new PutObjectCommand({ Bucket, Key: 'streamed', Body, ContentLength: 23 }));

  const read = await s3.send(new GetObjectCommand({ Bucket, Key: 'streamed' }));

  expect(await read.Body?.transformToString()).toBe('first line\nsecond line\n');
  expect(read.ContentEncoding).toBeUndefined();
});

test('If-None-Match lets only the first of two writers have the key', async () => {
  const put = (Body: string) => s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body, IfNoneMatch: '*' }));

  const outcomes = await Promise.allSettled([put('one'), put('two')]);

  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  await expect(put('three')).rejects.toMatchObject({ name: 'PreconditionFailed', $metadata: { httpStatusCode: 412 } });
});

test('a missing key and a missing bucket are refused by the names S3 gives them', async () => {
  const read = (at: { Bucket: string; Key: string }) => s3.send(new GetObjectCommand(at));

  await expect(read({ Bucket, Key: 'nowhere' })).rejects.toMatchObject({ name: 'NoSuchKey' });
  await expect(read({ Bucket: 'nowhere', Key: 'a' })).rejects.toMatchObject({ name: 'NoSuchBucket' });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key: 'nowhere' }))).rejects.toMatchObject({ name: 'NotFound' });
});

test('a listing pages through keys in byte order and rolls up folders', async () => {
  const keys = ['list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/é', 'list/<&>'];
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));

  const listed: (string | undefined)[] = [];
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket, Prefix: 'list/' })) {
    listed.push(...(page.Contents ?? []).map(({ Key }) => Key));
  }
  const folders = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'list/', Delimiter: '/' }));

  expect(listed).toEqual(['list/<&>', 'list/a', 'list/b/1', 'list/b/2', 'list/c', 'list/é']);
  expect(folders.CommonPrefixes).toEqual([{ Prefix: 'list/b/' }]);
  expect(folders.Contents?.map(({ Key }) => Key)).toEqual(['list/<&>', 'list/a', 'list/c', 'list/é']);
});

test('objects are deleted one by one and many at once, also when they do not exist', async () => {
  for (const Key of ['gone/1', 'gone/2 & 3', 'gone/4']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: 'x' }));

  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'gone/1' }));
  const Objects = [{ Key: 'gone/2 & 3' }, { Key: 'gone/4' }, { Key: 'never there' }];
  const { Deleted } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects } }));

  expect(Deleted).toEqual(Objects);
  expect((await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'gone/' }))).KeyCount).toBe(0);
});

test('what is not implemented is refused instead of half done', async () => {
  await s3.send(new PutObjectCommand({ Bucket, Key: 'whole', Body: '0123456789' }));

  const part = s3.send(new GetObjectCommand({ Bucket, Key: 'whole', Range: 'bytes=0-3' }));

  await expect(part).rejects.toMatchObject({ name: 'NotImplemented', $metadata: { httpStatusCode: 501 } });
});

test('a stopped engine answers no more and can be stopped again', async () => {
  const other = await startS3({ port: await createPortAllocator().take(0) });
  expect((await fetch(other.url)).status).toBe(200);

  await other.stop();
  await other.stop();

  await expect(fetch(other.url)).rejects.toThrow();
});
