import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import { discardRecord } from '../../sinks/aggregates/redrive.ts';
import { byCountry, type Circumstances, countEverything } from '../../testing/aggregates-world.ts';
import { type BuildWorld, buildWorld } from '../../testing/build-world.ts';
import { abandonAggregates } from './build-aggregates.ts';

/** Before the first call for which it holds, once. */
const onceBefore = (
  isIt: (call: Parameters<Intercept>[0]) => boolean,
  meanwhile: () => Promise<unknown>,
): Intercept => {
  let isDone = false;
  return async (call, proceed) => {
    if (!isDone && isIt(call)) {
      isDone = true;
      await meanwhile();
    }
    return proceed();
  };
};

const isScan = (call: Parameters<Intercept>[0]) => call.operation === 'scan';
const isItemRead = (call: Parameters<Intercept>[0]) =>
  call.operation === 'getItem' && call.input.Key?.scope?.S?.startsWith('items/') === true;
const isPositionRead = (call: Parameters<Intercept>[0]) =>
  call.operation === 'getItem' && call.input.Key?.row?.S === 'position';
const movesTo = (phase: string) => (call: Parameters<Intercept>[0]) =>
  call.operation === 'transactWriteItems' &&
  (call.input.TransactItems ?? []).some(({ Put }) => Put?.Item?.phase?.S === phase);

const poison: NonNullable<Circumstances['effects']> = () => {
  throw new InvalidRecordError('newImage', 'not understood yet');
};

/** Accounts in the table that the consumer has counted. */
async function worldWith(...ids: readonly string[]): Promise<BuildWorld> {
  const world = buildWorld();
  for (const id of ids) await world.put(id, 'FR');
  await world.deliverAll();
  return world;
}

describe('building a generation of the aggregates while changes go on', () => {
  it('G8: an item whose change is in the stream still when the scan reads it is counted once, as it is', async () => {
    const world = await worldWith('a', 'b');
    await world.put('a', 'DE');
    expect(await world.build()).toMatchObject({ outcome: 'switched', generation: 2 });
    await world.deliverAll();
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1', FR: '1 accounts, 1' });
  });

  it('G8: a change that is counted between the read of the scan and its write is not undone', async () => {
    const world = await worldWith('a', 'b');
    const overtaken = onceBefore(
      (call) =>
        call.operation === 'transactWriteItems' && call.input.TransactItems?.[1]?.Put?.Item?.counted !== undefined,
      async () => {
        await world.put('a', 'DE');
        await world.remove('b');
        await world.put('c', 'US');
        await world.deliverAll();
      },
    );
    expect(await world.build({ intercept: overtaken })).toMatchObject({ outcome: 'switched' });
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1', US: '1 accounts, 1' });
  });

  it('G9: an invocation that began before the switch counts nothing by what the build has left behind', async () => {
    const world = await worldWith('a');
    const [reached, continued] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let late: Promise<void> = Promise.resolve();
    const startLate = async () => {
      await world.put('a', 'DE');
      const intercept = onceBefore(isItemRead, () => {
        reached.resolve();
        return continued.promise;
      });
      late = world.deliver(world.shardOf('a'), { intercept });
      await reached.promise;
    };
    const built = await world.build({ intercept: onceBefore(movesTo('track'), startLate) });
    expect(built.outcome).toBe('switched');
    continued.resolve();
    await late;
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1' });
    expect(world.itemRows()).toBe(0);
  });

  it('G10: an invocation from before the build does not count past what a later one kept', async () => {
    const world = await worldWith('b');
    const shard = world.shardOf('a');
    await world.put('a', 'DE');
    await world.remove('a');
    let building: Promise<unknown> = Promise.resolve();
    const intercept = onceBefore(isPositionRead, async () => {
      const begun = Promise.withResolvers<void>();
      const pausedAtScan = onceBefore(isScan, async () => begun.resolve());
      building = world.build({ intercept: pausedAtScan, onPause: () => Promise.resolve() });
      await begun.promise;
      await world.invoke(shard.records.slice(0, 1), { shardId: shard.shardId });
    });
    await world.deliver(shard, { intercept });
    await building;
    expect(await world.totals()).toEqual({ FR: '1 accounts, 1' });
  });

  it('G11: no build begins while a dead letter waits, whose effect it would find in the table', async () => {
    const world = await worldWith('a');
    await world.put('a', 'DE');
    const [record] = world.shardOf('a').records.slice(-1);
    await world.deliverAll({ effects: poison });
    expect(await world.build()).toMatchObject({ outcome: 'refused' });
    if (record === undefined) throw new Error('no record');
    expect(await world.redrive(record, { shardId: world.shardOf('a').shardId })).toBe('counted');
    world.settled.add(record.dynamodb.SequenceNumber);
    expect(await world.build()).toMatchObject({ outcome: 'switched' });
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1' });
  });

  it('G12: a build in whose time records failed is abandoned, and their redrive counts them once', async () => {
    const world = await worldWith('a', 'b');
    const failing = onceBefore(isScan, async () => {
      await world.put('a', 'DE');
      await world.remove('a');
      await world.deliverAll({ effects: poison });
    });
    expect(await world.build({ intercept: failing })).toMatchObject({ outcome: 'abandoned', generation: 2 });
    const shard = world.shardOf('a');
    for (const record of shard.records.slice(-2)) {
      expect(await world.redrive(record, { shardId: shard.shardId })).toBe('counted');
      world.settled.add(record.dynamodb.SequenceNumber);
    }
    expect(await world.totals()).toEqual({ FR: '1 accounts, 1' });
    expect(await world.build()).toMatchObject({ outcome: 'switched', generation: 3 });
    expect(await world.totals()).toEqual({ FR: '1 accounts, 1' });
    expect(world.itemRows()).toBe(0);
  });

  it('G12: nothing can be redriven while a generation is being built', async () => {
    const world = await worldWith('a');
    const [record] = world.shardOf('a').records;
    if (record === undefined) throw new Error('no record');
    const redrive = () => world.redrive(record, { shardId: world.shardOf('a').shardId });
    const redriveBatch = () => world.redriveFailureObject([record], { shardId: world.shardOf('a').shardId });
    const during = onceBefore(isScan, async () => {
      await expect(redrive()).rejects.toThrow('redrive or discard when that has ended');
      await expect(redriveBatch()).rejects.toThrow('redrive or discard when that has ended');
    });
    expect(await world.build({ intercept: during })).toMatchObject({ outcome: 'switched' });
    expect(await redrive()).toBe('duplicate');
  });

  it('G13: what was discarded before a build stays counted once when it is redriven after it', async () => {
    const world = await worldWith('a');
    const shard = world.shardOf('a');
    await world.put('a', 'DE');
    await world.deliverAll({ effects: poison });
    const [record] = shard.records.slice(-1);
    if (record === undefined) throw new Error('no record');
    const { SequenceNumber: sequenceNumber } = record.dynamodb;
    const identity = { shard: { streamArn: record.eventSourceARN, shardId: shard.shardId }, sequenceNumber };
    expect(await discardRecord(identity, world.dependencies())).toBe('discarded');
    world.settled.add(sequenceNumber);
    expect(await world.build()).toMatchObject({ outcome: 'switched' });
    await world.redriveFailureObject(shard.records, { shardId: shard.shardId });
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1' });
  });

  it('puts wrong totals right, and includes what was in the table before it had a stream', async () => {
    const world = await worldWith('a', 'b', 'c');
    world.shards[0].records.length = 0;
    await world.deliverAll({ effects: (change) => countEverything(change)?.map((delta) => ({ ...delta, count: 5 })) });
    await world.build();
    expect(await world.totals()).toEqual(world.recount());
  });

  it('leaves everything as it was when an operator abandons it under its process', async () => {
    const world = await worldWith('a', 'b');
    const abandoned = onceBefore(movesTo('track'), () =>
      abandonAggregates({ aggregates: world.dependencies(), totals: [byCountry], report: () => undefined }),
    );
    expect(await world.build({ intercept: abandoned })).toMatchObject({ outcome: 'abandoned', generation: 2 });
    expect(await world.totals()).toEqual(world.recount());
    expect(world.itemRows()).toBe(0);
  });

  it('leaves everything as it was when it is not to be switched to', async () => {
    const world = await worldWith('a', 'b');
    expect(await world.build({ decide: async () => 'abandon' })).toMatchObject({ outcome: 'abandoned' });
    await world.put('a', 'DE');
    await world.deliverAll();
    expect(await world.totals()).toEqual(world.recount());
    expect(world.itemRows()).toBe(0);
  });
});
