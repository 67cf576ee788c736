import { describe, expect, it } from 'vitest';
import type { EventRecord, MappingEvent } from '../event.ts';
import { memoryPositions } from '../positions/memory-positions.ts';
import type { SourceRecord } from '../source.ts';
import { kinesisRecord } from '../sources/kinesis.ts';
import { inserts, KINESIS_ARN, returned, type Scenario, START_MS, scenario, thrown } from '../testing/scenario.ts';
import { data, mapping as kinesisMapping, simulate, texts } from '../testing/simulate.ts';

const text = ({ Records }: MappingEvent) => Records.map(numberOf).join(',');

function numberOf(record: EventRecord): string {
  return 'kinesis' in record ? record.kinesis.sequenceNumber : record.dynamodb.SequenceNumber;
}

/** Changes of the item with the given keys, in turn. */
function changes(count: number, keysOf: (number: number) => Record<string, string>): SourceRecord[] {
  return inserts(1, count).map((each, index) => {
    if ('kinesis' in each.record) return each;
    const keys = Object.fromEntries(Object.entries(keysOf(index + 1)).map(([name, S]) => [name, { S }]));
    return { ...each, record: { ...each.record, dynamodb: { ...each.record.dynamodb, Keys: keys } } };
  });
}

function keyed(sequenceNumber: string, partitionKey: string): SourceRecord {
  const raw = { SequenceNumber: sequenceNumber, Data: Buffer.from('{}'), PartitionKey: partitionKey };
  return kinesisRecord(
    { ...raw, ApproximateArrivalTimestamp: new Date(START_MS) },
    { streamArn: KINESIS_ARN, shardId: 'shard', region: 'eu-west-1', invokeIdentityArn: 'arn:aws:iam::1:role/any' },
  );
}

/** The largest number of invocations under way at once. */
function mostAtOnce({ activities }: Scenario): number {
  let now = 0;
  const counts = activities.map(({ kind }) => {
    if (kind === 'invocation') now += 1;
    if (kind === 'invocationEnded') now -= 1;
    return now;
  });
  return Math.max(...counts);
}

describe('a shard with a ParallelizationFactor', () => {
  it.each([1, 2, 10])('[parallel-lanes] has up to %i batches under way at once', async (ParallelizationFactor) => {
    const records = inserts(1, 200);
    const play = await scenario({ records, mapping: { ParallelizationFactor, BatchSize: 1 }, durationMs: 100 });
    await play.clock.advance(60_000);
    expect(mostAtOnce(play)).toBe(ParallelizationFactor);
    expect(play.run.status().metrics.processed).toBe(200);
  });

  it('[parallel-partition-key] keeps the records of a partition key in order', async () => {
    const records = Array.from({ length: 40 }, (_, index) => keyed(`${index + 1}`, `key ${index % 4}`));
    const mapping = { ParallelizationFactor: 4, BatchSize: 2 };
    const play = await scenario({ kind: 'kinesis', records, mapping, durationMs: 50 });
    await play.clock.advance(60_000);
    for (const key of ['key 0', 'key 1', 'key 2', 'key 3']) {
      const numbers = play
        .events()
        .flatMap(({ Records }) => Records)
        .flatMap((record) => ('kinesis' in record && record.kinesis.partitionKey === key ? [numberOf(record)] : []));
      expect(numbers).toEqual(numbers.toSorted((one, other) => Number(one) - Number(other)));
      expect(numbers).toHaveLength(10);
    }
  });

  it('[parallel-partition-key] does not send a key on before its batch under way has ended', async () => {
    const records = Array.from({ length: 9 }, (_, index) => keyed(`${index + 1}`, 'one key'));
    const mapping = { ParallelizationFactor: 10, BatchSize: 3 };
    const play = await scenario({ kind: 'kinesis', records, mapping, durationMs: 50 });
    await play.clock.advance(60_000);
    expect(play.events().map(text)).toEqual(['1,2,3', '4,5,6', '7,8,9']);
    expect(mostAtOnce(play)).toBe(1);
  });

  it('[parallel-item] tells items by partition and sort key, whatever the order of the attributes', async () => {
    const items = changes(40, (number) => ({ id: 'one customer', order: `${number % 8}` }));
    const oneItem = changes(8, (number) =>
      number % 2 === 0 ? { id: 'one customer', order: '1' } : { order: '1', id: 'one customer' },
    );
    const mapping = { ParallelizationFactor: 8, BatchSize: 1 };
    const several = await scenario({ records: items, mapping, durationMs: 50 });
    await several.clock.advance(60_000);
    expect(mostAtOnce(several)).toBeGreaterThan(1);
    const one = await scenario({ records: oneItem, mapping, durationMs: 50 });
    await one.clock.advance(60_000);
    expect(mostAtOnce(one)).toBe(1);
    expect(one.events().map(text)).toEqual(['1', '2', '3', '4', '5', '6', '7', '8']);
  });

  it('[parallel-failing-lane] lets a failing key hold up none of the others, up to a distance', async () => {
    const records = changes(60, (number) => ({ id: `${number % 6}` }));
    const failing = ({ Records }: MappingEvent) => Records.some((record) => numberOf(record) === '6');
    const play = await scenario({
      records,
      mapping: { ParallelizationFactor: 10, BatchSize: 1 },
      answer: (event) => (failing(event) ? thrown : returned(null)),
    });
    await play.clock.advance(20_000);
    expect(play.run.status().metrics.processed).toBeGreaterThanOrEqual(30);
    expect(play.run.status().shards[0]?.checkpoint).toBe('5');

    const bounded = await scenario({
      records: changes(5000, (number) => ({ id: `${number % 6}` })),
      mapping: { ParallelizationFactor: 10, BatchSize: 1 },
      answer: (event) => (failing(event) ? thrown : returned(null)),
      tuning: { laneAheadRecords: 100 },
    });
    await bounded.clock.advance(20_000);
    expect(bounded.run.status().metrics.polled).toBeLessThan(2200);
  });

  it('[parallel-checkpoint] has its position before the oldest unfinished record, and goes on from there', async () => {
    const records = changes(20, (number) => ({ id: `${number}` }));
    const positions = memoryPositions();
    const answer = ({ Records }: MappingEvent) =>
      Records.some((record) => numberOf(record) === '4') ? thrown : returned(null);
    const mapping = { ParallelizationFactor: 10, BatchSize: 1 };
    const first = await scenario({ records, mapping, answer, positions });
    await first.clock.advance(10_000);
    expect(first.run.status().shards[0]?.checkpoint).toBe('3');
    await first.run.stop();
    const second = await scenario({ source: first.source, mapping, positions });
    await second.clock.advance(10_000);
    expect(second.events().map(text)).toContain('4');
    expect(second.run.status().shards[0]?.checkpoint).toBe('20');
  });

  it.each([
    0, 1, 2,
  ])('[no-record-skipped] finishes a shard only when no lane has records queued (key-%i slow)', async (slow) => {
    const shards = [{ shardId: 'parent', records: data(0, 5), closed: true }];
    const mapping = { ...kinesisMapping, ParallelizationFactor: 2, BatchSize: 1 };
    // The lanes end at the same virtual time, one of them some turns of the microtask queue later.
    for (let turns = 0; turns < 25; turns += 1) {
      const handler = async (event: MappingEvent) => {
        for (let turn = 0; Number(texts(event)) % 3 === slow && turn < turns; turn += 1) await Promise.resolve();
        return null;
      };
      const { ended, invocations } = await simulate({ mapping, shards, handler });
      expect(ended).toBe('settled');
      expect(invocations).toHaveLength(6);
    }
  });
});
