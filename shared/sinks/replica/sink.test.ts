import { describe, expect, it } from 'vitest';
import type { DynamoDbCall } from '../../services/dynamodb/intercept.ts';
import { A, B, inFrontOf, killed, replicaPair, text } from '../../testing/replica-pair.ts';
import { changeOf, thingsTable } from '../../testing/replica-world.ts';
import { activeActiveEffects } from './effects.ts';
import { conflictsTable } from './resources.ts';
import { createActiveActiveSink } from './sink.ts';

const inRegion = (concerns: (call: DynamoDbCall) => boolean, nth: number) => {
  let seen = 0;
  return (call: DynamoDbCall) => {
    if (concerns(call)) seen += 1;
    return concerns(call) && seen === nth;
  };
};
const isItemPut = ({ operation, input }: DynamoDbCall) =>
  operation === 'putItem' && input.TableName !== conflictsTable.name;

describe('active-active', () => {
  it('what came from the other region is not sent back', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.flow(A);
    const calls: string[] = [];
    const { outcomes } = await pair.flow(B, {
      intercept: (call, proceed) => {
        calls.push(call.operation);
        return proceed();
      },
    });
    expect({ outcomes, calls }).toEqual({ outcomes: ['filtered'], calls: [] });
  });

  it('an update without conflict is one request to the other region', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.flow(A);
    await pair.put(A, 'x', text('two'));
    await pair.put(A, 'x', text('three'));
    const calls: string[] = [];
    const { outcomes } = await pair.flow(A, {
      intercept: (call, proceed) => {
        calls.push(call.operation);
        return proceed();
      },
    });
    expect({ outcomes, calls }).toEqual({ outcomes: ['stale', 'applied'], calls: ['putItem'] });
  });

  it('a row keeps both versions, who won and why', async () => {
    const pair = replicaPair();
    const loser = await pair.put(A, 'x', text('in A'));
    pair.pass(10);
    const winner = await pair.put(B, 'x', text('in B'));
    await pair.settle();
    expect(pair.conflicts()).toMatchObject([
      {
        item: { S: '[["id",{"S":"x"}]]' },
        version: { S: loser },
        loser: { M: { id: { S: 'x' }, value: { S: 'in A' } } },
        loserRegion: { S: A },
        winner: { M: { id: { S: 'x' }, value: { S: 'in B' } } },
        winnerVersion: { S: winner },
        winnerRegion: { S: B },
        reason: { S: 'later clock' },
        certainty: { S: 'certain' },
      },
    ]);
    expect(pair.observations).toContainEqual({ kind: 'conflict', certainty: 'certain' });
  });

  it('a version that is written while the one before it is replaced is kept as well', async () => {
    const pair = replicaPair();
    pair.region(B).skewMicroseconds = 60_000_000n;
    const one = await pair.put(A, 'x', text('one'));
    await pair.put(B, 'x', text('in B'));
    let two: string | undefined;
    const meanwhile = async () => {
      two = await pair.put(A, 'x', text('two'));
    };
    await pair.flow(B, { intercept: inFrontOf(inRegion(isItemPut, 2), meanwhile) });
    const kept = pair.conflicts().map(({ version }) => (version && 'S' in version ? version.S : ''));
    expect(kept.toSorted()).toEqual([one, two]);
  });

  it('a version from the sender’s own region is no loser: something here replaced it knowingly', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    await pair.put(A, 'x', text('two'));
    // Given up: the next version meets one that it was not written upon.
    pair.take(A);
    await pair.put(A, 'x', text('three'));
    await pair.settle();
    expect(await pair.values('x')).toEqual(['three', 'three']);
    expect(pair.conflicts()).toEqual([]);
  });

  it('what came upon the version that is sent is not taken for its ancestor', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('lower'));
    pair.pass(10);
    await pair.put(B, 'x', text('higher'));
    await pair.flow(B);
    await pair.plain(A, { id: { S: 'x' }, ...text('plain') });
    await pair.flow(A);
    expect(await pair.values('x')).toEqual(['plain', 'higher']);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['plain', 'plain']);
  });

  it('a deletion without a tombstone of its own is no conflict with what it deletes, whoever wrote that', async () => {
    const pair = replicaPair();
    await pair.put(B, 'x', text('from B'));
    await pair.settle();
    await pair.hard(A, 'x');
    await pair.flow(A);
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
    expect(pair.conflicts()).toEqual([]);
  });

  it('an item deleted in both regions is no conflict', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    await pair.remove(A, 'x');
    pair.pass(10);
    await pair.remove(B, 'x');
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
    expect(pair.conflicts()).toEqual([]);
  });

  it('where a plain write came in between, what lost is kept as possible', async () => {
    const pair = replicaPair();
    await pair.put(B, 'x', text('from B'));
    await pair.settle();
    await pair.plain(A, { id: { S: 'x' }, ...text('plain') });
    await pair.flow(A);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['plain', 'plain']);
    expect(pair.conflicts()).toMatchObject([{ certainty: { S: 'possible' } }]);
  });

  it('a tombstone ends in each region by itself, and nothing follows it', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.remove(A, 'x');
    await pair.settle();
    pair.pass(31 * 24 * 3600 * 1_000_000);
    for (const { twin } of pair.regions) twin.expireItems();
    expect((await pair.flow(A)).outcomes).toEqual(['filtered']);
    await pair.settle();
    expect([await pair.item(A, 'x'), await pair.item(B, 'x')]).toEqual([undefined, undefined]);
  });

  it('a stamp that lands late does not lower the stamp that was put in its place', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    const records = pair.take(A);
    const { intercept, land } = killed(({ operation }) => operation === 'updateItem', 'underWay');
    await pair.deliver({ from: A, to: B }, records, { intercept });
    pair.pass(5_000_000);
    await pair.deliver({ from: A, to: B }, records);
    await pair.settle();
    const stamped = await pair.item(A, 'x');
    await land().catch(() => undefined);
    expect(await pair.item(A, 'x')).toEqual(stamped);
  });

  it('something that is no stamp where stamps belong counts as no stamp', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('in A'), _v: { S: 'zzz' } });
    await pair.plain(B, { id: { S: 'x' }, ...text('in B'), _v: { N: '7' } });
    await pair.settle();
    const [inA, inB] = await pair.values('x');
    expect(inA).toBe(inB);
  });

  it('home is answered for while the other region cannot be reached', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.hard(A, 'x');
    const { response } = await pair.flow(A, {
      intercept: ({ input, operation }, proceed) => {
        const image = 'Item' in input ? input.Item : undefined;
        if (operation === 'putItem' && image?._deleted === undefined) throw new Error('connect ETIMEDOUT');
        return proceed();
      },
    });
    expect(response.batchItemFailures).toHaveLength(1);
    expect(await pair.item(A, 'x')).toMatchObject({ _deleted: { BOOL: true } });
  });

  it('a clock that is ahead is told, in milliseconds', async () => {
    const pair = replicaPair();
    pair.region(A).skewMicroseconds = 2_000_000n;
    await pair.put(A, 'x', text('fast'));
    pair.region(A).skewMicroseconds = 0n;
    await pair.flow(A);
    expect(pair.observations).toEqual([{ kind: 'clockAhead', aheadMs: 2000 }]);
  });

  it('of two large items the one that loses is kept', async () => {
    const pair = replicaPair();
    const loser = await pair.put(A, 'x', text('a'.repeat(250_000)));
    pair.pass(10);
    await pair.put(B, 'x', text('b'.repeat(250_000)));
    await pair.settle();
    expect(await pair.values('x')).toEqual(['b'.repeat(250_000), 'b'.repeat(250_000)]);
    const [row, ...others] = pair.conflicts();
    expect({ others, winner: row?.winner, version: row?.version }).toEqual({
      others: [],
      winner: undefined,
      version: { S: loser },
    });
  });

  it('near the deadline no further item is begun', async () => {
    const pair = replicaPair();
    for (let number = 0; number < 40; number += 1) await pair.put(A, `x${number}`, text('one'));
    const link = { from: A, to: B };
    const requestOf = activeActiveEffects({ table: thingsTable, region: A });
    const requests = pair.take(A).flatMap((record) => {
      const change = changeOf(record);
      const request = requestOf(change);
      return request === undefined ? [] : [{ change, request, tied: false, companions: [] }];
    });
    let questions = 0;
    const limits = { remainingMs: () => (++questions > 30 ? 100 : 60_000) };
    const outcomes = await createActiveActiveSink(pair.dependencies(link)).apply(requests, limits);
    expect(outcomes.filter(({ kind }) => kind === 'applied')).toHaveLength(30);
    expect(outcomes.filter(({ kind }) => kind === 'retry')).toHaveLength(10);
  });
});
