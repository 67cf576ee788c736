import { beforeEach, describe, expect, it } from 'vitest';
import { processBatch } from '../shared/batch/process-batch.ts';
import { parseStreamRecord } from '../shared/change/from-stream.ts';
import { InvalidRecordError } from '../shared/change/invalid-record.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { phaseKey, SLICES } from '../shared/sinks/aggregates/layout.ts';
import { createAggregatesSink } from '../shared/sinks/aggregates/sink.ts';
import { type FailureWorld, failedShard, failureWorld } from '../shared/testing/failure-world.ts';
import { operatedRegion } from '../shared/testing/operated-target.ts';
import { type StreamRecord, streamRecords } from '../shared/testing/record-builder.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { contribution, effects } from './aggregates/effects.ts';
import { redriveSources } from './redrives.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const horizonMs = 30 * 24 * 3_600_000;
let world: FailureWorld;

beforeEach(() => {
  world = failureWorld({ table, registry, sources: redriveSources });
});

describe('redrive of aggregates', () => {
  function inserts(numbers: readonly number[]): StreamRecord[] {
    const records = streamRecords({ tableName: table.name });
    const createdAtMicroseconds = BigInt(world.now.ms) * 1000n;
    return numbers.map((number) =>
      records.insert(
        { id: `u${number}`, email: `u${number}@example.com`, country: 'DE', balance: 1 },
        { sequenceNumber: String(number), createdAtMicroseconds },
      ),
    );
  }

  /** What the consumer did before its code was put right: it could not read the third. */
  async function invokeRefusingThird(records: readonly StreamRecord[]): Promise<void> {
    const { dynamodb, clock } = world;
    const tables = { counters: 'aggregates', checkpoints: 'aggregates-checkpoints' };
    await processBatch({
      ...{
        records,
        shardId: failedShard,
        consumer: 'aggregates',
        deadLetters: world.letters,
        limits: { remainingMs: () => 60_000 },
      },
      parse: (record) => parseStreamRecord(record, { region: operatedRegion, shardId: failedShard }),
      effects: (change) => {
        if (change.position.sequenceNumber === '3') throw new InvalidRecordError('newImage', 'not understood yet');
        return effects(change);
      },
      sink: createAggregatesSink({ dynamodb, clock, random: () => 0.5, tables, contribution }),
    });
  }

  async function germans(): Promise<string | undefined> {
    const groups = await readTotals(world.dynamodb, { tableName: 'aggregates', total: 'users-by-country' });
    return groups.find(({ group }) => group.kind === 'value' && group.value === 'DE')?.count;
  }

  async function failureObject(records: readonly StreamRecord[]): Promise<void> {
    const document = {
      requestContext: { functionArn: 'arn:aws:lambda:x:1:function:aggregates', condition: 'EventAgeExceeded' },
      timestamp: new Date(world.now.ms).toISOString(),
      DDBStreamBatchInfo: { shardId: failedShard },
      payload: JSON.stringify({ Records: records }),
    };
    const body = JSON.stringify(document);
    await world.failures.put({ key: 'aws/lambda/uuid/shard/one', body, contentType: 'application/json' });
  }

  it('counts a dead letter once, however often it is put back on the list and redriven', async () => {
    await invokeRefusingThird(inserts([1, 2, 3, 4]));
    expect(await germans()).toBe('3');
    expect(await world.kinds()).toEqual(['applied']);
    expect(await world.lettersOf('aggregates')).toMatchObject([{ state: 'redriven' }]);
    expect(await world.kinds()).toEqual([]);
    await world.requeueAll();
    expect(await world.kinds()).toEqual(['duplicate']);
    expect(await germans()).toBe('4');
  });

  it('leaves a dead letter that its consumer has not passed, and says why', async () => {
    const [third] = inserts([3]);
    await world.giveUp('aggregates', third);
    expect(await world.settle()).toMatchObject([{ kind: 'waits', reason: expect.stringContaining('has not passed') }]);
    expect(await world.lettersOf('aggregates')).toMatchObject([{ state: 'pending' }]);
  });

  it('shows in a dry run what each counter would become, and changes nothing', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    const changes: PlannedChange[] = [];
    expect(await world.kinds({ dryRun: (change) => changes.push(change) })).toEqual(['applied']);
    expect(changes).toContainEqual(
      expect.objectContaining({
        region: operatedRegion,
        target: 'aggregates',
        action: 'modify',
        key: expect.stringMatching(/^users-by-country#\d \/ DE$/),
        detail: 'count 2 -> 3, sum 2 -> 3',
      }),
    );
    expect(await germans()).toBe('2');
    expect(await world.lettersOf('aggregates')).toMatchObject([{ state: 'pending' }]);
    expect(await world.kinds()).toEqual(['applied']);
  });

  it('tells in a dry run a dead letter that was redriven already', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    await world.settle();
    await world.requeueAll();
    const changes: PlannedChange[] = [];
    expect(await world.kinds({ dryRun: (change) => changes.push(change) })).toEqual(['duplicate']);
    expect(changes.filter(({ service }) => service === 'dynamodb')).toEqual([]);
  });

  it('never counts what was discarded, also when it is put back and redriven', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    expect(await world.kinds({ action: 'discard' })).toEqual(['discarded']);
    expect(await world.lettersOf('aggregates')).toMatchObject([{ state: 'discarded' }]);
    await world.requeueAll();
    expect(await world.kinds()).toEqual(['duplicate']);
    expect(await germans()).toBe('2');
  });

  it('counts of a failure object what no cut has counted, and marks it', async () => {
    await invokeRefusingThird(inserts([1, 2]));
    await failureObject(inserts([2, 3, 4]));
    expect(await world.kinds({ scope: 'batch' })).toEqual(['duplicate', 'applied', 'applied']);
    expect(await germans()).toBe('4');
    expect(await world.kinds({ scope: 'batch' })).toEqual([]);
  });

  it('refuses a dead letter beyond the replay horizon and leaves it pending', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    world.now.ms += horizonMs;
    expect(await world.settle()).toMatchObject([{ kind: 'tooOld', reason: expect.stringContaining('replay horizon') }]);
    expect(await germans()).toBe('2');
  });

  it('takes only what the filter names', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    const since = { sinceMs: world.now.ms + 1 };
    for (const filter of [{ consumer: 'replicator' }, { code: 'unknown' }, since, { region: 'nowhere' }]) {
      expect(await world.kinds({ filter })).toEqual([]);
    }
    expect(
      await world.kinds({ filter: { consumer: 'aggregates', code: 'invalid-attribute', untilMs: world.now.ms } }),
    ).toEqual(['applied']);
  });

  it('waits with redrives and discards while a generation is built, and says so', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    await failureObject(inserts([2, 3, 4]));
    const startAll = Array.from({ length: SLICES }, async (_, slice) =>
      world.dynamodb.putItem({
        TableName: 'aggregates-checkpoints',
        Item: { ...phaseKey(slice), phase: { S: 'build' }, generation: { N: '1' }, next: { N: '2' } },
      }),
    );
    await Promise.all(startAll);
    for (const scope of ['record', 'batch'] as const) {
      for (const action of ['redrive', 'discard'] as const) {
        const settled = await world.settle({ scope, action });
        expect(settled.length).toBeGreaterThan(0);
        for (const verdict of settled) {
          expect(verdict).toMatchObject({ kind: 'unresolved', reason: expect.stringContaining('being built') });
        }
      }
    }
  });
});
