/**
 * Puts batches that the aggregates have counted already through the redrive of failure objects, as an operator may do
 * by mistake, and as happens when a mapping gives up on a batch whose function had succeeded. Nothing may change: the
 * recount that follows would show it.
 */

import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { totals } from '../../functions/aggregates/totals.ts';
import { table } from '../../functions/table.ts';
import { createFinding, type Finding } from './checkers/finding.ts';
import type { DeliveredBatch } from './delivered-batches.ts';

export interface RedriveOptions {
  /** Where the sources under test are: their own redrive is what runs. */
  readonly root: string;
  readonly dynamodbEndpoint: string;
  readonly region: string;
  readonly batches: readonly DeliveredBatch[];
}

export interface Redriven {
  /** Records that the redrive had an answer for. */
  readonly records: number;
  /** Of the records that it ended without an answer for. */
  readonly finding: Finding;
}

export async function redriveProcessed(options: RedriveOptions): Promise<Redriven> {
  const { root, dynamodbEndpoint, region, batches } = options;
  const sources = await load(root);
  const { redriveBatch, aggregateEffects, effectsWithoutTombstones, parseStreamRecord, dynamoDbClient } = sources;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: dynamodbEndpoint, region, credentials });
  const dependencies = {
    dynamodb: dynamoDbClient(client),
    clock: { nowMs: () => Date.now(), sleep: () => Promise.resolve() },
    random: Math.random,
    tables: { counters: 'aggregates', checkpoints: 'aggregates-checkpoints' },
  };
  const finding = createFinding(`aggregates ${region}`, 'records');
  let redriven = 0;
  try {
    for (const { shardId, records } of batches) {
      const batch = {
        consumer: 'aggregates',
        records,
        shardId,
        parse: (record: unknown) => parseStreamRecord(record, { region, shardId }),
        effects: effectsWithoutTombstones(aggregateEffects({ table, totals }), table),
        // A record that is poison still has its dead letter already.
        deadLetters: { store: () => Promise.resolve() },
        limits: { remainingMs: () => 60_000 },
      };
      try {
        redriven += (await redriveBatch(batch, dependencies)).length;
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        finding.add('unaccounted', `a redrive of what was counted ended with: ${reason}`, records.length);
      }
    }
    // The source's own records are counted elsewhere: these are some of them again.
    return { records: redriven, finding: finding.finish({ expected: 0, found: 0 }) };
  } finally {
    client.destroy();
  }
}

/** From the sources under test, which a sabotage has changed, instead of from beside this file. */
async function load(root: string) {
  const source = (path: string) => pathToFileURL(join(root, 'shared', path)).href;
  const redrive: typeof import('../../shared/sinks/aggregates/redrive-batch.ts') = await import(
    source('sinks/aggregates/redrive-batch.ts')
  );
  const effects: typeof import('../../shared/sinks/aggregates/effects.ts') = await import(
    source('sinks/aggregates/effects.ts')
  );
  const parse: typeof import('../../shared/change/from-stream.ts') = await import(source('change/from-stream.ts'));
  const tombstones: typeof import('../../shared/change/tombstone.ts') = await import(source('change/tombstone.ts'));
  const client: typeof import('../../shared/services/dynamodb/client.ts') = await import(
    source('services/dynamodb/client.ts')
  );
  return { ...redrive, ...effects, ...tombstones, ...parse, ...client };
}
