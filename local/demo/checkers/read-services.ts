/** Reads the search index, the outbox and the failure bucket over their own HTTP interfaces. */
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { SearchDocument } from './search.ts';

const pageSize = 1000;

/** What readers of the alias see, tombstones hidden. */
export async function readDocuments(endpoint: string, alias: string): Promise<SearchDocument[]> {
  const documents: SearchDocument[] = [];
  await fetch(`${endpoint}/${alias}/_refresh`, { method: 'POST' });
  for (;;) {
    const query = { query: { match_all: {} }, sort: [{ id: 'asc' }], from: documents.length, size: pageSize };
    const response = await fetch(`${endpoint}/${alias}/_search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(query),
    });
    if (!response.ok) throw new Error(`The search index answered ${response.status}: ${await response.text()}`);
    const { hits } = (await response.json()) as { hits: { hits: { _id: string; _source: Record<string, unknown> }[] } };
    documents.push(...hits.hits.map(({ _id, _source }) => ({ documentId: _id, source: _source })));
    if (hits.hits.length < pageSize) return documents;
  }
}

/** Objects under a prefix that are JSON, with their keys. */
export async function readJsonObjects(
  client: S3Client,
  place: { bucket: string; prefix: string },
): Promise<{ key: string; content: unknown }[]> {
  const objects: { key: string; content: unknown }[] = [];
  const listing = { Bucket: place.bucket, Prefix: place.prefix };
  for await (const page of paginateListObjectsV2({ client }, listing)) {
    for (const { Key: key = '' } of page.Contents ?? []) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: place.bucket, Key: key }));
      objects.push({ key, content: JSON.parse((await Body?.transformToString()) ?? 'null') });
    }
  }
  return objects;
}
