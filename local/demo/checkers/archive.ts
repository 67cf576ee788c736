/** Every record that Kinesis holds lies in the archive, and nothing that it does not hold. */
import { gunzipSync } from 'node:zlib';
import { GetObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord } from './stored.ts';

export function checkArchive(state: { records: readonly SourceRecord[]; archived: ReadonlySet<string> }): Finding {
  const finding = createFinding('archive', 'records');
  const held = new Set(state.records.map(({ shardId, sequenceNumber }) => `${shardId}:${sequenceNumber}`));
  for (const place of held) if (!state.archived.has(place)) finding.add('lost', `${place} is in no object`);
  for (const place of state.archived) if (!held.has(place)) finding.add('diverged', `${place} was never in the stream`);
  return finding.finish({ expected: held.size, found: state.archived.size });
}

/** Places (`shard:sequence number`) of all archived records; a record may lie in two objects that overlap. */
export async function readArchive(client: S3Client, bucket: string): Promise<Set<string>> {
  const places = new Set<string>();
  for await (const page of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: 'archive/' })) {
    for (const { Key } of page.Contents ?? []) {
      const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }));
      const text = gunzipSync((await Body?.transformToByteArray()) ?? new Uint8Array()).toString('utf8');
      for (const line of text.trimEnd().split('\n').slice(1)) {
        const { record } = JSON.parse(line) as { record: { eventID: string } };
        // A Kinesis record names its place itself: `shardId-...:sequence number`.
        places.add(record.eventID);
      }
    }
  }
  return places;
}
