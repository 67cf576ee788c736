import { describe, expect, it } from 'vitest';
import type { DynamoDbCall } from '../../services/dynamodb/intercept.ts';
import { A, B, inFrontOf, killed, replicaPair, text } from '../../testing/replica-pair.ts';
import { changeOf, type ReplicaWorld, thingsTable } from '../../testing/replica-world.ts';
import { redriveActiveActive } from './redrive.ts';

/** A put of the item itself, not of a row that keeps a loser. */
const itemPut = ({ operation, input }: DynamoDbCall) => operation === 'putItem' && input.TableName === thingsTable.name;

function keptVersions(world: ReplicaWorld): readonly (string | undefined)[] {
  return world.conflicts().map(({ version }) => (version && 'S' in version ? version.S : undefined));
}

describe('replicator', () => {
  it('R1: a plain write never travels as it is, so two regions do not swap their items', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('stamped in A'));
    await pair.plain(B, { id: { S: 'x' }, ...text('plain in B') });
    const fromA = pair.take(A);
    const fromB = pair.take(B);
    await pair.deliver({ from: B, to: A }, fromB);
    await pair.deliver({ from: A, to: B }, fromA);
    await pair.settle();
    const [inA, inB] = await pair.values('x');
    expect(inA).toBe(inB);
  });

  it('R2: an update that leaves the stamp of another region in place reaches that region', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('from A'));
    await pair.settle();
    await pair.keep(B, 'x', 'kept in B');
    await pair.settle();
    expect(await pair.values('x')).toEqual(['from A+kept in B', 'from A+kept in B']);
  });

  it('R3: a write delivered again does not bring a deleted item back', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('from A'));
    const records = pair.take(A);
    await pair.deliver({ from: A, to: B }, records, killed(itemPut, 'after'));
    await pair.remove(B, 'x');
    await pair.deliver({ from: A, to: B }, records);
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R3: nor does it where the deletion left no tombstone of its own', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('from A'));
    const records = pair.take(A);
    const { intercept, land } = killed(itemPut, 'underWay');
    await pair.deliver({ from: A, to: B }, records, { intercept });
    await pair.deliver({ from: A, to: B }, records);
    await pair.hard(B, 'x');
    await pair.settle();
    await land().catch(() => undefined);
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R4: a write from a fast clock that meets a plain one leaves that one above itself', async () => {
    const pair = replicaPair();
    pair.region(A).skewMicroseconds = 60_000_000n;
    await pair.plain(B, { id: { S: 'x' }, ...text('plain in B') });
    await pair.put(A, 'x', text('fast in A'));
    pair.region(A).skewMicroseconds = 0n;
    const { outcomes } = await pair.flow(A);
    expect(outcomes).toEqual(['stale']);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['plain in B', 'plain in B']);
  });

  it('R5: an item that is deleted while it is being stamped does not come back as a key with a stamp', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('plain') });
    const isStamping = ({ operation }: DynamoDbCall) => operation === 'updateItem';
    await pair.flow(A, { intercept: inFrontOf(isStamping, () => pair.hard(A, 'x')) });
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R6: the tombstone of an item whose stamp a plain put dropped lies above that stamp', async () => {
    const pair = replicaPair();
    pair.region(A).skewMicroseconds = 60_000_000n;
    await pair.put(A, 'x', text('stamped'));
    await pair.settle();
    pair.region(A).skewMicroseconds = 0n;
    await pair.plain(A, { id: { S: 'x' }, ...text('plain') });
    await pair.hard(A, 'x');
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R6: nor does the last of several unstamped changes stand for those before it', async () => {
    const pair = replicaPair();
    pair.region(B).skewMicroseconds = 60_000_000n;
    await pair.put(B, 'x', text('fast in B'));
    await pair.settle();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    await pair.settle();
    expect(await pair.values('x')).toEqual(['two', 'two']);
  });

  it('R6: nor does a stamp that lands late on what was written over it', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    const records = pair.take(A);
    const { intercept, land } = killed(({ operation }) => operation === 'updateItem', 'underWay');
    await pair.deliver({ from: A, to: B }, records, { intercept });
    await pair.deliver({ from: A, to: B }, records);
    await pair.flow(A);
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    await land();
    const [inA, inB] = await Promise.all([A, B].map((region) => pair.item(region, 'x')));
    expect(inA?._v).toBeDefined();
    expect(inA?._v).toEqual(inB?._v);
    expect(await pair.values('x')).toEqual(['two', 'one']);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['two', 'two']);
  });

  it('R6: nor does a lower stamp that the item is given meanwhile', async () => {
    const pair = replicaPair();
    await pair.put(B, 'x', text('early in B'));
    const early = pair.take(B);
    pair.region(B).skewMicroseconds = 60_000_000n;
    await pair.put(B, 'x', text('fast in B'));
    await pair.flow(B);
    pair.region(B).skewMicroseconds = 0n;
    await pair.plain(A, { id: { S: 'x' }, ...text('plain') });
    const isStamping = ({ operation }: DynamoDbCall) => operation === 'updateItem';
    await pair.flow(A, { intercept: inFrontOf(isStamping, () => pair.deliver({ from: B, to: A }, early)) });
    await pair.settle();
    expect(await pair.values('x')).toEqual(['plain', 'plain']);
  });

  it('R7: a plain put of an earlier image counts as a new write, not as the earlier one', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    const earlier = (await pair.item(A, 'x')) ?? {};
    pair.pass(10);
    await pair.put(A, 'x', text('two'));
    await pair.plain(A, earlier);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['one', 'one']);
  });

  it('R8: a deletion that was given up reaches the other region by its redrive', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    await pair.hard(A, 'x');
    const [givenUp] = pair.take(A).map(changeOf);
    if (givenUp === undefined) throw new Error('the deletion is not in the stream');
    await redriveActiveActive([givenUp], pair.dependencies({ from: A, to: B }));
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R9: a put and a deletion of one item in one batch are both answered for', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.hard(A, 'x');
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
    expect(await pair.item(B, 'x')).toMatchObject({ _deleted: { BOOL: true } });
  });

  it('R10: the version that loses is kept before it is replaced, whenever the function is killed', async () => {
    const pair = replicaPair();
    const loser = await pair.put(A, 'x', text('in A'));
    pair.pass(10);
    await pair.put(B, 'x', text('in B'));
    const records = pair.take(B);
    const { intercept } = killed((call) => itemPut(call) && !isOverNothing(call), 'after');
    await pair.deliver({ from: B, to: A }, records, { intercept });
    const { outcomes } = await pair.deliver({ from: B, to: A }, records);
    expect(outcomes).toEqual(['duplicate']);
    expect(keptVersions(pair)).toEqual([loser]);
  });

  it('R11: what the winner was written upon is no loser', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('from A'));
    await pair.flow(A);
    await pair.put(B, 'x', text('upon it'));
    await pair.put(B, 'x', text('upon that'));
    await pair.settle();
    expect(await pair.values('x')).toEqual(['upon that', 'upon that']);
    expect(keptVersions(pair)).toEqual([]);
  });

  it('R12: time to live in one region does not delete what another has extended', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', { ...text('session'), expiresAt: { N: '1700000000' } });
    await pair.settle();
    pair.pass(5_000_000);
    await pair.put(B, 'x', text('extended'));
    pair.pass(5_000_000);
    pair.region(A).twin.expireItems();
    await pair.settle();
    expect(await pair.values('x')).toEqual(['extended', 'extended']);
  });

  it('R13: regions that each hold a plain write do not wait for each other', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('plain in A') });
    await pair.plain(B, { id: { S: 'x' }, ...text('plain in B') });
    await pair.put(A, 'y', text('in A'));
    await pair.plain(B, { id: { S: 'y' }, ...text('plain in B') });
    const answers = [await pair.flow(A), await pair.flow(B), await pair.flow(A), await pair.flow(B)];
    expect(answers.flatMap(({ response }) => response.batchItemFailures)).toEqual([]);
    await pair.settle();
    for (const id of ['x', 'y']) {
      const [inA, inB] = await pair.values(id);
      expect(inA).toBe(inB);
    }
  });
});

function isOverNothing({ input }: DynamoDbCall): boolean {
  return 'ConditionExpression' in input && (input.ConditionExpression ?? '').includes('attribute_not_exists');
}
