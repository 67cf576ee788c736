/** Reads the search index, the outbox and the failure bucket over their own HTTP interfaces. */
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import type { SentEmail } from './email.ts';
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

/** Every mail that the mail service has accepted. @throws {Error} when its outbox has dropped some. */
export async function readOutbox(endpoint: string): Promise<SentEmail[]> {
  const emails: SentEmail[] = [];
  let before = '';
  for (;;) {
    const response = await fetch(`${endpoint}/outbox?limit=${pageSize}${before}`);
    const page = (await response.json()) as { accepted: number; emails: SentEmail[]; nextBefore?: number };
    emails.push(...page.emails.map(({ messageId, to }) => ({ messageId, to })));
    if (page.nextBefore !== undefined) {
      before = `&before=${page.nextBefore}`;
      continue;
    }
    if (emails.length !== page.accepted) {
      throw new Error(`The outbox shows ${emails.length} of ${page.accepted} accepted mails: write fewer users`);
    }
    return emails;
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
