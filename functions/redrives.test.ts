import { beforeEach, describe, expect, it } from 'vitest';
import type { PlannedChange } from '../shared/operations/dry-run/planned-change.ts';
import { createHandler } from '../shared/runtime/create-handler.ts';
import { searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { writtenDocumentId } from '../shared/sinks/search-index/written-indices.ts';
import { type FailureWorld, failureWorld } from '../shared/testing/failure-world.ts';
import { operatedRegion } from '../shared/testing/operated-target.ts';
import { kinesisRecords, streamRecords } from '../shared/testing/record-builder.ts';
import { redriveSources } from './redrives.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const horizonMs = 30 * 24 * 3_600_000;
let world: FailureWorld;

beforeEach(() => {
  world = failureWorld({ table, registry, sources: redriveSources });
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
    await world.giveUp('search-index', build.insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    expect(await world.kinds()).toEqual(['applied']);
    expect(await nameInIndex()).toBe('Ada');
    await world.giveUp(
      'search-index',
      build.insert({ ...ada, name: 'Old' }, { createdAtMicroseconds: 1_767_000_000_000_000n }),
    );
    expect(await world.kinds()).toEqual(['stale']);
    expect(await nameInIndex()).toBe('Ada');
  });

  it('S8: a redrive that hung for longer than its function may run writes no index that may be gone', async () => {
    const [{ admin }, next] = [world.search, `${world.index}-next`];
    await admin.create(next, searchIndexFor(table).mappings);
    const written = { current: world.index, written: [next, world.index] };
    const { versions } = searchIndexFor(table);
    const word = { index: versions, id: writtenDocumentId, documentJson: JSON.stringify(written) };
    await world.search.bulk([{ op: 'index', version: 1n, versionType: 'external', ...word }]);
    const { bulk } = world.search;
    world.search.bulk = async (operations) => {
      // Whoever stops writing the other one waits for functions, and then removes it.
      world.now.ms += 61_000;
      return bulk(operations);
    };
    await world.giveUp('search-index', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    expect(await world.kinds()).toEqual(['unresolved']);
    expect(await nameInIndex()).toBeUndefined();
    world.search.bulk = bulk;
    expect(await world.kinds()).toEqual(['applied']);
    expect(await nameInIndex()).toBe('Ada');
  });

  it('indexes the item as it is now for a record beyond the replay horizon', async () => {
    await world.giveUp('search-index', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    world.now.ms += horizonMs;
    await nameInTable('Lovelace');
    expect(await world.kinds()).toEqual(['applied']);
    expect(await nameInIndex()).toBe('Lovelace');
  });

  it('sends a welcome once, and none in a dry run', async () => {
    await world.giveUp('welcome-email', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    const changes: PlannedChange[] = [];
    expect(await world.kinds({ dryRun: (change) => changes.push(change) })).toEqual(['applied']);
    expect(changes.map(({ service, action }) => `${service} ${action}`)).toContain('ses send');
    expect(world.sent).toEqual([]);
    expect(await world.kinds()).toEqual(['applied']);
    await world.requeueAll();
    expect(await world.kinds()).toEqual(['duplicate']);
    expect(world.sent).toHaveLength(1);
  });

  it('keeps what is refused again pending, with the new reason', async () => {
    const { email: _, ...withoutEmail } = ada;
    const createdAtMicroseconds = microseconds(world.now.ms);
    await world.giveUp('welcome-email', records().insert(withoutEmail, { createdAtMicroseconds }));
    expect(await world.kinds()).toEqual(['deadLettered']);
    expect(await world.lettersOf('welcome-email')).toMatchObject([
      { state: 'pending', attempts: 2, error: { code: 'invalid-attribute' } },
    ]);
  });

  it('sends the item as it is now to the other region, and nothing over a newer one', async () => {
    const stamp = (microsecond: number) => `176722560000000${microsecond}/00000/${operatedRegion}________`;
    const item = (version: string) => ({ id: { S: 'u1' }, email: { S: 'a@b.example' }, _v: { S: version } });
    await world.dynamodb.putItem({ TableName: table.name, Item: item(stamp(5)) });
    const old = streamRecords({ tableName: table.name }).insert({ ...ada, _v: stamp(1) });
    await world.giveUp('replicator', old);
    expect(await world.kinds()).toEqual(['applied']);
    expect(world.remoteDynamodb.items(table.name)).toMatchObject([{ _v: { S: stamp(5) } }]);
    await world.requeueAll();
    expect(await world.kinds()).toEqual(['duplicate']);
    await world.remoteDynamodb.putItem({ TableName: table.name, Item: item(stamp(9)) });
    await world.requeueAll();
    expect(await world.kinds()).toEqual(['stale']);
    expect(world.remoteDynamodb.items(table.name)).toMatchObject([{ _v: { S: stamp(9) } }]);
  });

  const denied = () => Promise.reject(Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' }));

  it('tells what somebody has to put right, of all that it stops, and marks what was brought in before', async () => {
    const build = records();
    const createdAtMicroseconds = microseconds(world.now.ms);
    for (const id of ['u1', 'u2', 'u3']) {
      await world.giveUp('welcome-email', build.insert({ ...ada, id }, { createdAtMicroseconds }));
    }
    await world.giveUp('search-index', build.insert(ada, { createdAtMicroseconds }));
    const { putItem } = world.dynamodb;
    let tried = 0;
    world.dynamodb.putItem = (input) => {
      tried += 1;
      return tried === 1 ? putItem(input) : denied();
    };
    const settled = await world.settle();
    const mails = settled.filter(({ consumer }) => consumer === 'welcome-email');
    expect(mails.map(({ kind }) => kind)).toEqual(['applied', 'unresolved', 'unresolved']);
    expect(mails.slice(1).every(({ reason }) => reason?.includes('AccessDeniedException'))).toBe(true);
    expect(tried).toBe(2);
    expect(settled.filter(({ consumer }) => consumer === 'search-index')).toMatchObject([{ kind: 'applied' }]);
    const states = (await world.lettersOf('welcome-email')).map(({ state }) => state);
    expect(states).toEqual(['redriven', 'pending', 'pending']);
  });

  it('leaves a record of which its handler fails, and says with what and where, not what the record held', async () => {
    const failing = async () => {
      throw new TypeError(`cannot read ${ada.email}`);
    };
    const handlerOf: typeof redriveSources.handlerOf = async () => (services) =>
      createHandler({ services, run: failing });
    world = failureWorld({ table, registry, sources: { ...redriveSources, handlerOf } });
    await world.giveUp('welcome-email', records().insert(ada));
    const settled = await world.settle();
    expect(settled).toMatchObject([
      { kind: 'unresolved', reason: expect.stringMatching(/TypeError at .*test\.ts:\d+/) },
    ]);
    expect(JSON.stringify(settled)).not.toContain(ada.email);
  });

  it('has told what was brought in when marking it fails', async () => {
    await world.giveUp('search-index', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    world.failures.put = denied;
    const told: string[] = [];
    await expect(world.settle({ told: ({ kind }) => told.push(kind) })).rejects.toThrow('not authorized');
    expect(told).toEqual(['applied']);
  });

  it('adds nothing to windows that are closed', async () => {
    await world.giveUp('usage-analytics', records().insert(ada));
    expect(await world.settle()).toMatchObject([
      { kind: 'unsupported', reason: expect.stringContaining('discard it') },
    ]);
    expect(await world.kinds({ action: 'discard' })).toEqual(['discarded']);
  });

  it('puts a failure back on the list with a new notice', async () => {
    await world.giveUp('welcome-email', records().insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    await world.settle({ action: 'discard' });
    expect(world.notices.messages()).toEqual([]);
    await world.requeueAll();
    expect(world.notices.messages()).toHaveLength(1);
    expect(await world.lettersOf('welcome-email')).toMatchObject([{ state: 'pending' }]);
  });

  it('takes the notices of what is settled out of the queue, and gives the others back', async () => {
    const build = records();
    await world.giveUp('welcome-email', build.insert(ada, { createdAtMicroseconds: microseconds(world.now.ms) }));
    await world.giveUp('usage-analytics', build.insert(ada));
    await world.notices.send('of somebody else');
    expect(await world.kinds()).toEqual(expect.arrayContaining(['applied', 'unsupported']));
    expect(world.notices.messages()).toEqual([expect.stringContaining('usage-analytics'), 'of somebody else']);
    expect(await world.notices.receive()).toHaveLength(2);
  });
});
