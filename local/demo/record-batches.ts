/** Keeps some of a run's batches as files: one of each kind that `tributary replay` should be shown with. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeBatchFile } from '../../shared/batch/recorded-batch.ts';
import type { DeliveredBatch } from './delivered-batches.ts';

/** Enough to look at, few enough to read. */
const mostRecords = 40;

/** Answers the files written; a kind of batch that the run did not deliver is left out. */
export async function recordBatches(options: {
  folder: string;
  batches: readonly DeliveredBatch[];
}): Promise<readonly string[]> {
  const { folder, batches } = options;
  await mkdir(folder, { recursive: true });
  const written: string[] = [];
  for (const [name, isWanted] of Object.entries(kinds)) {
    const batch = smallest(batches.flatMap(shortened).filter(isWanted));
    if (batch === undefined) continue;
    const path = join(folder, `${name}.jsonl`);
    await writeFile(path, toText(batch));
    written.push(path);
  }
  return written;
}

const allTypes = ['S', 'N', 'B', 'BOOL', 'NULL', 'SS', 'NS', 'BS', 'L', 'M'];

const kinds: Readonly<Record<string, (batch: DeliveredBatch) => boolean>> = {
  ordinary: (batch) => batch.consumer === 'aggregates' && batch.records.length >= 10 && !hasPoison(batch),
  poison: (batch) => batch.consumer === 'search-index' && batch.records.length >= 5 && hasPoison(batch),
  'every-attribute-type': (batch) => {
    const text = batch.records.map(contentOf).join();
    return (
      batch.consumer === 'aggregates' && allTypes.every((type) => text.includes(`"${type}":`)) && !hasPoison(batch)
    );
  },
  'kinesis-duplicates': (batch) => {
    const ids = batch.records.map((record) => (JSON.parse(contentOf(record)) as { eventID?: string }).eventID);
    return batch.consumer === 'search-index' && new Set(ids).size < ids.length && !hasPoison(batch);
  },
};

/** A batch that is too long gives several of bearable length; records keep their order and neighbours. */
function shortened(batch: DeliveredBatch): DeliveredBatch[] {
  const count = Math.ceil(batch.records.length / mostRecords);
  return Array.from({ length: count }, (_, part) => ({
    ...batch,
    records: batch.records.slice(part * mostRecords, (part + 1) * mostRecords),
  }));
}

function smallest(batches: readonly DeliveredBatch[]): DeliveredBatch | undefined {
  return batches.toSorted((a, b) => a.records.length - b.records.length)[0];
}

/** An attribute of the workload with the wrong type that only poison has. */
function hasPoison({ records }: DeliveredBatch): boolean {
  return records.some((record) => /"(email|name|country)":\{"N"|"balance":\{"S"/.test(contentOf(record)));
}

/** The change as JSON text, whichever source it came from. */
function contentOf(record: object): string {
  const { kinesis } = record as { kinesis?: { data: string } };
  return kinesis === undefined ? JSON.stringify(record) : Buffer.from(kinesis.data, 'base64').toString('utf8');
}

function toText({ consumer, shardId, records, arrivedAtMs }: DeliveredBatch): string {
  const { eventSourceARN: streamArn } = records[0] as { eventSourceARN: string };
  const source = consumer === 'aggregates' ? 'stream' : 'kinesis';
  const arrivedAt = new Date(arrivedAtMs).toISOString();
  return writeBatchFile({
    header: { source, streamArn, shardId, mapping: consumer, redaction: 'none' },
    records: records.map((record) => ({ arrivedAt, record })),
  });
}
