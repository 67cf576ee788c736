import {
  DeleteObjectCommand,
  GetObjectCommand,
  type GetObjectCommandOutput,
  NoSuchKey,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { ObjectStore } from './port.ts';

/** One bucket through a real client, which brings endpoint, timeouts and retries. */
export function s3ObjectStore(client: S3Client, bucket: string): ObjectStore {
  return {
    put: async ({ key, body, contentType }) => {
      await client.send(new PutObjectCommand({ Bucket: bucket, Key: key, Body: body, ContentType: contentType }));
    },
    get: async (key) => (await bodyOf(client, { Bucket: bucket, Key: key }))?.transformToString('utf-8'),
    getBytes: async (key) => (await bodyOf(client, { Bucket: bucket, Key: key }))?.transformToByteArray(),
    list: async (prefix) => {
      const keys: string[] = [];
      for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: prefix })) {
        for (const { Key: key } of page.Contents ?? []) if (key !== undefined) keys.push(key);
      }
      return keys;
    },
    delete: async (key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
  };
}

async function bodyOf(
  client: S3Client,
  object: { readonly Bucket: string; readonly Key: string },
): Promise<GetObjectCommandOutput['Body']> {
  try {
    return (await client.send(new GetObjectCommand(object))).Body;
  } catch (error) {
    if (error instanceof NoSuchKey) return undefined;
    throw error;
  }
}
