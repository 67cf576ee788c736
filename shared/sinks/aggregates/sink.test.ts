import { describe, expect, it } from 'vitest';
import { FatalConfigError } from '../../batch/errors.ts';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import { aggregatesWorld, firstShard, tables } from '../../testing/aggregates-world.ts';
import { type StreamRecord, streamRecords } from '../../testing/record-builder.ts';
import { MAX_COUNTERS_PER_CUT } from './cut-transaction.ts';
import { sliceOf } from './layout.ts';

const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/accounts/stream/2026-01-01T00:00:00.000';
const shard = { streamArn, shardId: firstShard };

function inserts(count: number, countryOf: (number: number) => string | number = () => 'DE'): StreamRecord[] {
  const build = streamRecords({ streamArn });
  return Array.from({ length: count }, (_, index) =>
    build.insert({ id: `a${index}`, country: countryOf(index + 1), balance: 1 }, { sequenceNumber: String(index + 1) }),
  );
}

/** Accounts of as many countries that all come and then all go; between the two one comes from `odd` and stays. */
function visits(count: number, odd?: string): StreamRecord[] {
  const build = streamRecords({ streamArn });
  const visitors = Array.from({ length: count }, (_, index) => ({ id: `a${index}`, country: `country ${index}` }));
  const changes = [
    ...visitors.map((visitor) => ({ eventName: 'insert' as const, item: visitor })),
    ...(odd === undefined ? [] : [{ eventName: 'insert' as const, item: { id: 'odd', country: odd } }]),
    ...visitors.map((visitor) => ({ eventName: 'remove' as const, item: visitor })),
  ];
  return changes.map(({ eventName, item }, index) =>
    build[eventName]({ ...item, balance: 1 }, { sequenceNumber: String(index + 1) }),
  );
}

const checkpointRows = (world: ReturnType<typeof aggregatesWorld>, kind: string) =>
  world.twin.items(tables.checkpoints).filter((item) => item.row?.S?.startsWith(kind));

/** A phase that newer code begins while a transaction is under way. */
const beginBuild = (world: ReturnType<typeof aggregatesWorld>): Intercept => {
  return async (call, proceed) => {
    if (call.operation === 'transactWriteItems') {
      await world.twin.putItem({
        TableName: tables.checkpoints,
        Item: {
          scope: { S: `slice/${sliceOf(shard)}` },
          row: { S: 'phase' },
          phase: { S: 'build' },
          generation: { N: '2' },
        },
      });
    }
    return proceed();
  };
};

describe('createAggregatesSink', () => {
  it('writes one transaction for a batch whose changes share counters', async () => {
    const world = aggregatesWorld();
    let transactions = 0;
    await world.invoke(inserts(300), {
      intercept: (call, proceed) => {
        if (call.operation === 'transactWriteItems') transactions += 1;
        return proceed();
      },
    });
    expect(transactions).toBe(1);
    expect(await world.totals()).toEqual({ DE: '300 accounts, 300' });
  });

  it('cuts a batch where its counters no longer fit into a transaction', async () => {
    const world = aggregatesWorld();
    const { outcomes } = await world.invoke(inserts(250, (number) => `country ${number}`));
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['applied']));
    expect(checkpointRows(world, 'cut').map(({ first, last }) => [first?.S, last?.S])).toEqual(
      expect.arrayContaining([
        ['1', String(MAX_COUNTERS_PER_CUT)],
        [String(MAX_COUNTERS_PER_CUT + 1), String(2 * MAX_COUNTERS_PER_CUT)],
        [String(2 * MAX_COUNTERS_PER_CUT + 1), '250'],
      ]),
    );
    expect(Object.keys(await world.totals())).toHaveLength(250);
  });

  it('needs room for what a cut adds up to only, not for counters that cancel out', async () => {
    const world = aggregatesWorld();
    const { outcomes } = await world.invoke(visits(140));
    expect(new Set(Object.values(outcomes))).toEqual(new Set(['applied']));
    expect(checkpointRows(world, 'cut').map(({ first, last }) => [first?.S, last?.S])).toEqual([['1', '280']]);
    expect(await world.totals()).toEqual({});
  });

  it('finds the one record that a counter refuses where half a cut writes more counters than the whole', async () => {
    const world = aggregatesWorld();
    const { outcomes } = await world.invoke(visits(140, 'XX'), { intercept: refusing('XX') });
    expect(outcomes).toMatchObject({ 140: 'applied', 141: 'deadLettered', 142: 'applied', 281: 'applied' });
    expect(world.deadLetters.size).toBe(1);
    expect(await world.totals()).toEqual({});
  });

  it('ignores the late transaction of an invocation that was killed, bisected and repeated', async () => {
    const world = aggregatesWorld();
    const late: (() => Promise<unknown>)[] = [];
    await world.invoke(inserts(5), {
      intercept: (call, proceed) => {
        if (call.operation !== 'transactWriteItems') return proceed();
        late.push(proceed);
        throw new Error('killed');
      },
    });
    await world.invoke(inserts(3));
    await world.invoke(inserts(7).slice(3));
    for (const transaction of late) await expect(transaction()).rejects.toThrow();
    expect(await world.totals()).toEqual({ DE: '7 accounts, 7' });
  });

  it('counts once when the replies of committed transactions are lost', async () => {
    const world = aggregatesWorld();
    const { response } = await world.invoke(inserts(5), {
      intercept: async (call, proceed) => {
        const answer = await proceed();
        if (call.operation === 'transactWriteItems') throw new Error('socket hang up');
        return answer;
      },
    });
    expect(response.batchItemFailures).toEqual([]);
    expect(await world.totals()).toEqual({ DE: '5 accounts, 5' });
  });

  it('counts nothing once the phase has changed, and stops for a phase it does not know', async () => {
    const world = aggregatesWorld();
    await expect(world.invoke(inserts(5), { intercept: beginBuild(world) })).rejects.toThrow(FatalConfigError);
    expect(await world.totals()).toEqual({});
  });

  it('counts nothing in a redrive whose phase changed under the transaction', async () => {
    const world = aggregatesWorld();
    await world.redriveFailureObject(inserts(3).slice(2));
    const [first] = inserts(1);
    if (!first) throw new Error('no record');
    await expect(world.redrive(first, { intercept: beginBuild(world) })).rejects.toThrow(FatalConfigError);
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1' });
  });

  it('makes a dead letter of the one record that a counter refuses, and counts the others', async () => {
    const world = aggregatesWorld();
    const { outcomes } = await world.invoke(
      inserts(8, (number) => (number === 5 ? 'XX' : 'DE')),
      { intercept: refusing('XX') },
    );
    expect(outcomes).toMatchObject({ 4: 'applied', 5: 'deadLettered', 6: 'applied' });
    expect(await world.totals()).toEqual({ DE: '7 accounts, 7' });
    const listed = checkpointRows(world, 'cut').flatMap(({ notCounted }) => notCounted?.L?.map(({ S }) => S));
    expect(listed).toEqual(['5']);
  });

  it('stops without a dead letter when a table or a permission is missing', async () => {
    const world = aggregatesWorld();
    const denied: Intercept = (call, proceed) => {
      if (call.operation !== 'transactWriteItems') return proceed();
      throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' });
    };
    await expect(world.invoke(inserts(2), { intercept: denied })).rejects.toThrow(FatalConfigError);
    expect(world.deadLetters.size).toBe(0);
  });

  it('keeps what tells duplicates for the 30 days in which failures can be redriven', async () => {
    const world = aggregatesWorld();
    await world.invoke(inserts(2));
    expect(checkpointRows(world, 'cut')[0]?.expiresAt?.N).toBe(String(world.now.ms / 1000 + 30 * 24 * 3600));
    expect(checkpointRows(world, 'position')[0]?.expiresAt).toBeUndefined();
  });
});

function refusing(country: string): Intercept {
  return (call, proceed) => {
    const items = call.operation === 'transactWriteItems' ? (call.input.TransactItems ?? []) : [];
    const codes = items.map(({ Update }) => (Update?.Key?.group?.S === country ? 'ValidationError' : 'None'));
    if (!codes.includes('ValidationError')) return proceed();
    const error = Object.assign(new Error('cancelled'), { CancellationReasons: codes.map((Code) => ({ Code })) });
    error.name = 'TransactionCanceledException';
    throw error;
  };
}
