import { describe, expect, it } from 'vitest';
import { A, B, replicaPair, text } from '../../testing/replica-pair.ts';
import { thingsTable } from '../../testing/replica-world.ts';

const thirtyOneDaysInMicroseconds = 31 * 24 * 3600 * 1_000_000;

/** What replication between two written regions does not promise, so that nobody has to find it out. */
describe('what remains', () => {
  it('after hard deletes in both regions an insert from a slow clock can lose; it is kept', async () => {
    const pair = replicaPair();
    pair.region(B).skewMicroseconds = -60_000_000n;
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    await pair.hard(A, 'x');
    await pair.flow(A);
    await pair.hard(B, 'x');
    // No tombstone there yet from which its writer could learn the time.
    await pair.put(B, 'x', text('slow'));
    await pair.flow(A);
    await pair.settle();
    expect(await pair.values('x')).toEqual([undefined, undefined]);
    expect(pair.conflicts()).toMatchObject([{ loser: { M: { value: { S: 'slow' } } } }]);
  });

  it('a plain put of an image from before its tombstone ended can stay in one region only', async () => {
    const pair = replicaPair();
    await pair.put(B, 'x', text('one'));
    await pair.settle();
    const image = (await pair.item(A, 'x')) ?? {};
    await pair.remove(A, 'x');
    await pair.settle();
    pair.pass(thirtyOneDaysInMicroseconds);
    for (const { twin } of pair.regions) twin.expireItems();
    await pair.settle();
    await pair.plain(A, image);
    await pair.settle();
    expect(await pair.values('x')).toEqual(['one', undefined]);
  });

  it('a version written without a stamp can lose without a row that keeps it', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    pair.pass(10);
    await pair.put(A, 'x', text('two'));
    await pair.keep(B, 'x', 'unstamped');
    await pair.settle();
    expect(await pair.values('x')).toEqual(['two', 'two']);
    expect(pair.conflicts()).toEqual([]);
  });

  it('of two regions that change different attributes of an item one loses whole; it is kept', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('one'));
    await pair.settle();
    await pair.put(A, 'x', { ...text('one'), left: { S: 'changed in A' } });
    pair.pass(10);
    await pair.put(B, 'x', { ...text('one'), right: { S: 'changed in B' } });
    await pair.settle();
    const item = await pair.item(A, 'x');
    expect(item).toEqual(await pair.item(B, 'x'));
    expect(item).toMatchObject({ right: { S: 'changed in B' } });
    expect(item).not.toHaveProperty('left');
    expect(pair.conflicts()).toMatchObject([{ loser: { M: { left: { S: 'changed in A' } } } }]);
  });

  it('the items of a transaction arrive one by one', async () => {
    const pair = replicaPair();
    const put = (id: string) => ({
      Put: { TableName: thingsTable.name, Item: { id: { S: id }, value: { S: 'both' } } },
    });
    await pair.region(A).twin.transactWriteItems({ TransactItems: [put('x'), put('y')] });
    await pair.flow(A);
    const [first] = pair.take(A);
    await pair.deliver({ from: A, to: B }, first === undefined ? [] : [first]);
    const inB = [await pair.values('x'), await pair.values('y')].map(([, value]) => value);
    expect(inB.filter((value) => value === undefined)).toHaveLength(1);
  });
});
