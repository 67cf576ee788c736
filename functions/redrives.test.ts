import { beforeEach, describe, expect, it } from 'vitest';
import { processBatch } from '../shared/batch/process-batch.ts';
import { parseStreamRecord } from '../shared/change/from-stream.ts';
import { InvalidRecordError } from '../shared/change/invalid-record.ts';
import { readPosition } from '../shared/change/position.ts';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import type { CreateHandler } from '../shared/operations/failures/redrive.ts';
import { requeueFailures } from '../shared/operations/failures/requeue-failures.ts';
import { type SettleOptions, settleFailures } from '../shared/operations/failures/settle-failures.ts';
import { deadLetterStore, getDeadLetter, listDeadLetterKeys } from '../shared/runtime/dead-letters.ts';
import { createAggregatesSink } from '../shared/sinks/aggregates/sink.ts';
import { type OperatedTarget, operatedRegion, operatedTarget } from '../shared/testing/operated-target.ts';
import { kinesisRecords, type StreamRecord, streamRecords } from '../shared/testing/record-builder.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { effects } from './aggregates/effects.ts';
import { redrives } from './redrives.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const shardId = 'shardId-1';
const horizonMs = 30 * 24 * 3_600_000;
let world: OperatedTarget;
let draws: number;
/** Never the same twice: an owner is known by it. */
const random = () => (draws++ * 0.618) % 1;

beforeEach(() => {
  world = operatedTarget({ table, registry });
  draws = 1;
});

type Settling = Partial<Pick<SettleOptions, 'action' | 'scope' | 'filter' | 'dryRun'>>;

function settle(options: Settling = {}) {
  return settleFailures({
    ...{ target: world.target, clock: world.clock, random, table },
    ...{ filter: {}, scope: 'record', action: 'redrive' },
    ...options,
    sources: {
      redrives,
      handlerOf: async ({ name }) => ((await import(`./${name}/handler.ts`)) as { create: CreateHandler }).create,
    },
  });
}

async function kinds(options: Settling = {}): Promise<readonly string[]> {
  return (await settle(options)).map(({ kind }) => kind);
}

function store() {
  return deadLetterStore({ objects: world.failures, notices: world.notices, clock: world.clock, codeVersion: 'old' });
}

/** A record that the consumer gave up on, for a reason that is gone. */
async function givenUp(consumer: string, record: unknown): Promise<void> {
  const position = readPosition(record, shardId);
  if (position === undefined) throw new Error('The record has no position');
  await store().store({ consumer, position, record, error: { code: 'sink-rejected', message: 'for a reason' } });
}

async function stateOf(consumer: string): Promise<readonly (string | undefined)[]> {
  const keys = await listDeadLetterKeys(world.failures, consumer);
  return Promise.all(keys.map(async (key) => (await getDeadLetter(world.failures, key))?.state));
}

async function requeueAll(): Promise<void> {
  await requeueFailures({ target: world.target, filter: {}, scope: 'record', clock: world.clock });
}

describe('redrive of aggregates', () => {
  const build = () => streamRecords({ tableName: table.name });

  function inserts(numbers: readonly number[]): StreamRecord[] {
    const records = build();
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
      ...{ records, shardId, consumer: 'aggregates', deadLetters: store(), limits: { remainingMs: () => 60_000 } },
      parse: (record) => parseStreamRecord(record, { region: operatedRegion, shardId }),
      effects: (change) => {
        if (change.position.sequenceNumber === '3') throw new InvalidRecordError('newImage', 'not understood yet');
        return effects(change);
      },
      sink: createAggregatesSink({ dynamodb, clock, random: () => 0.5, tables }),
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
      DDBStreamBatchInfo: { shardId },
      payload: JSON.stringify({ Records: records }),
    };
    const body = JSON.stringify(document);
    await world.failures.put({ key: 'aws/lambda/uuid/shard/one', body, contentType: 'application/json' });
  }

  it('counts a dead letter once, however often it is put back on the list and redriven', async () => {
    await invokeRefusingThird(inserts([1, 2, 3, 4]));
    expect(await germans()).toBe('3');
    expect(await kinds()).toEqual(['applied']);
    expect(await stateOf('aggregates')).toEqual(['redriven']);
    expect(await kinds()).toEqual([]);
    await requeueAll();
    expect(await kinds()).toEqual(['duplicate']);
    expect(await germans()).toBe('4');
  });

  it('leaves a dead letter that its consumer has not passed, and says why', async () => {
    const [third] = inserts([3]);
    await givenUp('aggregates', third);
    expect(await settle()).toMatchObject([{ kind: 'waits', reason: expect.stringContaining('has not passed') }]);
    expect(await stateOf('aggregates')).toEqual(['pending']);
  });

  it('shows in a dry run what each counter would become, and changes nothing', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    const changes: PlannedChange[] = [];
    expect(await kinds({ dryRun: (change) => changes.push(change) })).toEqual(['applied']);
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
    expect(await stateOf('aggregates')).toEqual(['pending']);
    expect(await kinds()).toEqual(['applied']);
  });

  it('tells in a dry run a dead letter that was redriven already', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    await settle();
    await requeueAll();
    const changes: PlannedChange[] = [];
    expect(await kinds({ dryRun: (change) => changes.push(change) })).toEqual(['duplicate']);
    expect(changes.filter(({ service }) => service === 'dynamodb')).toEqual([]);
  });

  it('never counts what was discarded, also when it is put back and redriven', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    expect(await kinds({ action: 'discard' })).toEqual(['discarded']);
    expect(await stateOf('aggregates')).toEqual(['discarded']);
    await requeueAll();
    expect(await kinds()).toEqual(['duplicate']);
    expect(await germans()).toBe('2');
  });

  it('counts of a failure object what no cut has counted, and marks it', async () => {
    await invokeRefusingThird(inserts([1, 2]));
    await failureObject(inserts([2, 3, 4]));
    expect(await kinds({ scope: 'batch' })).toEqual(['duplicate', 'applied', 'applied']);
    expect(await germans()).toBe('4');
    expect(await kinds({ scope: 'batch' })).toEqual([]);
  });

  it('refuses a dead letter beyond the replay horizon and leaves it pending', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    world.now.ms += horizonMs;
    expect(await settle()).toMatchObject([{ kind: 'tooOld', reason: expect.stringContaining('replay horizon') }]);
    expect(await germans()).toBe('2');
  });

  it('takes only what the filter names', async () => {
    await invokeRefusingThird(inserts([1, 2, 3]));
    const since = { sinceMs: world.now.ms + 1 };
    for (const filter of [{ consumer: 'replicator' }, { code: 'unknown' }, since, { region: 'nowhere' }]) {
      expect(await kinds({ filter })).toEqual([]);
    }
    expect(
      await kinds({ filter: { consumer: 'aggregates', code: 'invalid-attribute', untilMs: world.now.ms } }),
    ).toEqual(['applied']);
  });
});

describe('redrive of other consumers', () => {
  const records = () => kinesisRecords({ tableName: table.name });
  const microseconds = (ms: number) => BigInt(ms) * 1000n;
  const ada = { id: 'u1', email: 'ada@example.com', name: 'Ada' };

  async function nameInIndex(): Promise<unknown> {
    return (await world.search.get({ index: world.index, ids: ['u1'] })).get('u1')?.document.name;
  }

  async function nameInTable(name: string): Promise<void> {
    const Item = { id: { S: 'u1' }, email: { S: 'ada@example.com' }, name: { S: name } };
    await world.dynamodb.putItem({ TableName: table.name, Item });
  }

  it('indexes a document once, and leaves a newer one as it is', async () => {
    const build = records();
    await givenUp('search-index', build.insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    expect(await kinds()).toEqual(['applied']);
    expect(await nameInIndex()).toBe('Ada');
    await givenUp(
      'search-index',
      build.insert({ ...ada, name: 'Old' }, { createdAtMicroseconds: 1_767_000_000_000_000n }),
    );
    expect(await kinds()).toEqual(['stale']);
    expect(await nameInIndex()).toBe('Ada');
  });

  it('indexes the item as it is now for a record beyond the replay horizon', async () => {
    await givenUp('search-index', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    world.now.ms += horizonMs;
    await nameInTable('Lovelace');
    expect(await kinds()).toEqual(['applied']);
    expect(await nameInIndex()).toBe('Lovelace');
  });

  it('sends a welcome once, and none in a dry run', async () => {
    await givenUp('welcome-email', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    const changes: PlannedChange[] = [];
    expect(await kinds({ dryRun: (change) => changes.push(change) })).toEqual(['applied']);
    expect(changes.map(({ service, action }) => `${service} ${action}`)).toContain('ses send');
    expect(world.sent).toEqual([]);
    expect(await kinds()).toEqual(['applied']);
    await requeueAll();
    expect(await kinds()).toEqual(['duplicate']);
    expect(world.sent).toHaveLength(1);
  });

  it('keeps what is refused again pending, with the new reason', async () => {
    const { email: _, ...withoutEmail } = ada;
    const createdAtMicroseconds = microseconds(world.now.ms);
    await givenUp('welcome-email', records().insert(withoutEmail, { createdAtMicroseconds }));
    expect(await kinds()).toEqual(['deadLettered']);
    const [key = ''] = await listDeadLetterKeys(world.failures, 'welcome-email');
    expect(await getDeadLetter(world.failures, key)).toMatchObject({
      state: 'pending',
      attempts: 2,
      error: { code: 'invalid-attribute' },
    });
  });

  it('sends the item as it is now to the other region, and nothing over a newer one', async () => {
    const stamp = (microsecond: number) => `176722560000000${microsecond}/00000/${operatedRegion}________`;
    const item = (version: string) => ({ id: { S: 'u1' }, email: { S: 'a@b.example' }, _v: { S: version } });
    await world.dynamodb.putItem({ TableName: table.name, Item: item(stamp(5)) });
    const old = streamRecords({ tableName: table.name }).insert({ ...ada, _v: stamp(1) });
    await givenUp('replicator', old);
    expect(await kinds()).toEqual(['applied']);
    expect(world.remoteDynamodb.items(table.name)).toMatchObject([{ _v: { S: stamp(5) } }]);
    await requeueAll();
    expect(await kinds()).toEqual(['duplicate']);
    await world.remoteDynamodb.putItem({ TableName: table.name, Item: item(stamp(9)) });
    await requeueAll();
    expect(await kinds()).toEqual(['stale']);
    expect(world.remoteDynamodb.items(table.name)).toMatchObject([{ _v: { S: stamp(9) } }]);
  });

  it('adds nothing to windows that are closed', async () => {
    await givenUp('usage-analytics', records().insert(ada));
    expect(await settle()).toMatchObject([{ kind: 'unsupported', reason: expect.stringContaining('discard it') }]);
    expect(await kinds({ action: 'discard' })).toEqual(['discarded']);
  });

  it('puts a failure back on the list with a new notice', async () => {
    await givenUp('welcome-email', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    await settle({ action: 'discard' });
    expect(world.notices.messages()).toEqual([]);
    await requeueAll();
    expect(world.notices.messages()).toHaveLength(1);
    expect(await stateOf('welcome-email')).toEqual(['pending']);
  });

  it('takes the notices of what is settled out of the queue, and gives the others back', async () => {
    const build = records();
    await givenUp('welcome-email', build.insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    await givenUp('usage-analytics', build.insert(ada));
    await world.notices.send('of somebody else');
    expect(await kinds()).toEqual(expect.arrayContaining(['applied', 'unsupported']));
    expect(world.notices.messages()).toEqual([expect.stringContaining('usage-analytics'), 'of somebody else']);
    expect(await world.notices.receive()).toHaveLength(2);
  });
});
