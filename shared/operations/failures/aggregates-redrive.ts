import { PoisonRecordError } from '../../batch/errors.ts';
import { readRecord } from '../../batch/read-record.ts';
import type { Change } from '../../change/change.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { effectsWithoutTombstones } from '../../change/tombstone.ts';
import type { Services } from '../../runtime/services.ts';
import type { AggregatesDependencies } from '../../sinks/aggregates/checkpoints.ts';
import type { Deltas } from '../../sinks/aggregates/deltas.ts';
import { discardRecord, isCountedByCut, redriveRecord } from '../../sinks/aggregates/redrive.ts';
import { discardBatch, type RedrivenRecord, redriveBatch } from '../../sinks/aggregates/redrive-batch.ts';
import { checkpointsTable, countersTable } from '../../sinks/aggregates/resources.ts';
import { OperatorError } from '../target.ts';
import type { Redrive } from './redrive.ts';
import { allOrUnresolved, oneByOne } from './trouble.ts';
import { type FailedRecord, tooOld, type Verdict, waits } from './verdict.ts';

interface AggregatesRedriveOptions {
  readonly consumer: string;
  readonly table: TableDefinition;
  readonly effects: (change: Change) => Deltas | undefined;
  readonly services: Services<'dynamodb'>;
}

/** Failures of a consumer of aggregates: settled by position, cuts and markers, each record counted at most once. */
export function aggregatesRedrive({ consumer, table, effects, services }: AggregatesRedriveOptions): Redrive {
  const { config, dynamodb, clock, random, deadLetters } = services;
  const tables = {
    counters: config.value(countersTable.variable),
    checkpoints: config.value(checkpointsTable.variable),
  };
  const dependencies: AggregatesDependencies = { dynamodb, clock, random, tables };
  const seen = effectsWithoutTombstones(effects, table);
  const reading = (shardId: string) => ({
    parse: (record: unknown) => parseStreamRecord(record, { region: config.region, shardId }),
    effects: seen,
  });
  const bury = async ({ position, record }: FailedRecord, error: PoisonRecordError): Promise<Verdict> => {
    const { code, message } = error;
    await deadLetters.store({ consumer, position, record, error: { code, message } });
    return { kind: 'deadLettered', reason: code };
  };

  async function redriveOne(failed: FailedRecord): Promise<Verdict> {
    const identity = identityOf(failed);
    const { parse, effects: effectsOf } = reading(identity.shard.shardId);
    const read = readRecord(failed.record, { parse, effects: effectsOf });
    if (read.kind === 'poison') {
      if (await isCountedByCut(identity, dependencies)) return { kind: 'duplicate' };
      return bury(failed, read.error);
    }
    const { createdAt } = read.kind === 'entry' ? read.change : parse(failed.record);
    const deltas = read.kind === 'entry' ? read.request : [];
    const createdAtMs = Number(createdAt.microseconds / 1000n);
    try {
      const outcome = await redriveRecord({ ...identity, deltas, createdAtMs }, dependencies);
      return outcome === 'counted' && deltas.length === 0 ? { kind: 'filtered' } : verdictOf(outcome);
    } catch (error) {
      if (error instanceof PoisonRecordError) return bury(failed, error);
      throw error;
    }
  }

  return {
    records: (failed) => oneByOne(failed, redriveOne),
    batch: async (failed) => {
      const { shardId } = shardOf(failed);
      const limits = { remainingMs: () => Number.POSITIVE_INFINITY };
      const records = failed.map(({ record }) => record);
      const batch = { consumer, records, shardId, ...reading(shardId), deadLetters, limits };
      return allOrUnresolved(failed, async () => inOrderOf(failed, await redriveBatch(batch, dependencies)));
    },
    discard: {
      records: (failed) =>
        oneByOne(failed, async (each) => verdictOf(await discardRecord(identityOf(each), dependencies))),
      batch: async (failed) => {
        const sequenceNumbers = failed.map(({ position }) => position.sequenceNumber);
        return allOrUnresolved(failed, async () => {
          await discardBatch({ shard: shardOf(failed), sequenceNumbers }, dependencies);
          return failed.map(() => ({ kind: 'discarded' }));
        });
      },
    },
  };
}

function identityOf({ position }: FailedRecord) {
  const { streamArn, shardId, sequenceNumber } = position;
  if (shardId !== undefined) return { shard: { streamArn, shardId }, sequenceNumber };
  throw new OperatorError(`The failure of record ${sequenceNumber} names no shard, by which alone it can be settled.`);
}

function shardOf(failed: readonly FailedRecord[]) {
  const [first] = failed;
  if (first === undefined) throw new OperatorError('The failure object holds no records.');
  return identityOf(first).shard;
}

function inOrderOf(failed: readonly FailedRecord[], redriven: readonly RedrivenRecord[]): readonly Verdict[] {
  const outcomes = new Map(redriven.map(({ position, outcome }) => [position.sequenceNumber, outcome]));
  return failed.map(({ position }) => verdictOf(outcomes.get(position.sequenceNumber) ?? 'unresolved'));
}

function verdictOf(outcome: RedrivenRecord['outcome'] | 'discarded'): Verdict {
  switch (outcome) {
    case 'counted':
      return { kind: 'applied' };
    case 'waits':
      return waits;
    case 'tooOld':
      return tooOld;
    case 'deadLettered':
      return { kind: 'deadLettered', reason: 'its dead letter says why' };
    case 'unresolved':
      return { kind: 'unresolved', reason: 'a record before it, or its destination, holds it up: redrive it again' };
    case 'duplicate':
    case 'filtered':
    case 'discarded':
      return { kind: outcome };
  }
}
