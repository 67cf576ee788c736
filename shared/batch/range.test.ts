import { describe, expect, it } from 'vitest';
import { parseStreamRecord } from '../change/from-stream.ts';
import { batchRunner } from '../testing/batch-run.ts';
import { type Fault, rangeWorld } from '../testing/fake-sinks.ts';
import { streamRecords } from '../testing/record-builder.ts';
import { processBatch } from './process-batch.ts';

/** Records 1, 2, 3, ...; `-` is filtered, `bad` holds a number where the effects want text. */
function shard(...does: readonly string[]) {
  const records = streamRecords();
  return does.map((text, index) => {
    const at = { sequenceNumber: `${index + 1}` };
    if (text === '-') return records.insert({ id: `u${index}` }, at);
    return records.insert({ id: `u${index}`, does: text === 'bad' ? 7 : text }, at);
  });
}

/** Faults for the calls in order: open, commit, commit, ... */
function inOrder(...faults: Fault[]): () => Fault {
  return () => faults.shift() ?? 'none';
}

describe('range', () => {
  it('G1: the first unresolved record ends the batch: nothing behind it makes it look done', async () => {
    const world = rangeWorld({ capacity: 2, faults: inOrder('none', 'none', 'refuse') });
    const { run } = batchRunner(world);
    const batch = shard('a', 'b', 'c', 'd', 'e', 'f');
    expect(await run(batch)).toMatchObject({
      unresolved: ['3'],
      outcomes: ['applied', 'applied', 'retry', 'retry', 'retry', 'retry'],
    });
    expect(world.counted).toEqual(['a', 'b']);
    expect((await run(batch.slice(2))).unresolved).toEqual([]);
    expect(world.counted).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  it('G2: batches bisected across a cut whose reply was lost count nothing twice or never', async () => {
    const world = rangeWorld({ capacity: 6, faults: inOrder('none', 'loseReply') });
    const { run } = batchRunner(world);
    const batch = shard('a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j');
    expect((await run(batch)).unresolved).toEqual(['1']);
    expect((await run(batch.slice(0, 5))).outcomes).toEqual(Array(5).fill('duplicate'));
    expect((await run(batch.slice(5))).outcomes).toEqual(['duplicate', 'applied', 'applied', 'applied', 'applied']);
    expect(world.counted).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j']);
  });

  it('opens again, drops and cuts again when the position has moved', async () => {
    const world = rangeWorld({ faults: inOrder('none', 'move') });
    const { run } = batchRunner(world);
    const result = await run(shard('a', 'b'));
    expect(result.outcomes).toEqual(['applied', 'applied']);
    expect(world.opens).toBe(2);
  });

  it('leaves the batch to others when the position keeps moving', async () => {
    const world = rangeWorld({ faults: () => 'move' });
    const { observations, unresolved } = await batchRunner(world).run(shard('a', 'b'));
    expect(unresolved).toEqual(['1']);
    expect(observations[0]?.outcome).toMatchObject({ kind: 'retry', error: { code: 'sink-conflict' } });
  });

  it('covers filtered records by the cut before them and lists poison as not counted', async () => {
    const world = rangeWorld({ capacity: 2 });
    const { run, letters } = batchRunner(world);
    const { outcomes } = await run(shard('-', 'a', 'bad', 'b', '-', 'c', '-'));
    expect(outcomes).toEqual(['filtered', 'applied', 'deadLettered', 'applied', 'filtered', 'applied', 'filtered']);
    expect(world.commits).toMatchObject([
      { first: '1', last: '5', notCounted: ['3'] },
      { first: '6', last: '7', notCounted: [] },
    ]);
    expect([...letters.values()]).toMatchObject([
      {
        consumer: 'test',
        position: { sequenceNumber: '3', shardId: 'shardId-000000000000' },
        error: { code: 'invalid-attribute' },
      },
    ]);
  });

  it('commits a batch that holds poison only, and asks nothing for one that is filtered whole', async () => {
    const world = rangeWorld();
    const { run } = batchRunner(world);
    await run(shard('-', '-'));
    expect(world.opens).toBe(0);
    await run(shard('-', 'bad'));
    expect(world.commits).toMatchObject([{ first: '1', last: '2', entries: [], notCounted: ['2'] }]);
  });

  it('stores the dead letter before the commit that passes it', async () => {
    const world = rangeWorld();
    const { run, letters } = batchRunner({ ...world, deadLetterFaults: inOrder('refuse') });
    const batch = shard('a', 'bad', 'b');
    const { unresolved, observations } = await run(batch);
    expect(unresolved).toEqual(['2']);
    expect(observations[1]?.outcome).toMatchObject({ kind: 'retry', error: { code: 'dead-letter-not-stored' } });
    expect(world).toMatchObject({ last: '1', counted: ['a'] });
    expect((await run(batch.slice(1))).outcomes).toEqual(['deadLettered', 'applied']);
    expect(letters.size).toBe(1);
  });

  it('halves a refused cut down to the one record that is refused, and counts all others', async () => {
    const world = rangeWorld({ capacity: 16 });
    const { run, letters } = batchRunner(world);
    const does = Array.from({ length: 16 }, (_, index) => (index === 6 ? 'refused' : `r${index}`));
    const { outcomes } = await run(shard(...does));
    expect(outcomes.filter((kind) => kind === 'applied')).toHaveLength(15);
    expect(outcomes[6]).toBe('deadLettered');
    expect([...letters.values()]).toMatchObject([{ error: { code: 'sink-rejected' } }]);
    expect(world.counted).toEqual(does.filter((text) => text !== 'refused'));
  });

  it('one poison record in a thousand costs no extra commit and one dead letter', async () => {
    const does = Array.from({ length: 1000 }, (_, index) => (index === 500 ? 'bad' : `r${index}`));
    const world = rangeWorld({ capacity: 1000 });
    const { run, letters } = batchRunner(world);
    await run(shard(...does));
    expect(world.commits).toHaveLength(1);
    expect(letters.size).toBe(1);
    expect(world.counted).toHaveLength(999);
  });

  it('a finished batch that comes again costs one read', async () => {
    const world = rangeWorld();
    const { run } = batchRunner(world);
    const batch = shard('a', 'bad', '-', 'b');
    await run(batch);
    expect((await run(batch)).outcomes).toEqual(Array(4).fill('duplicate'));
    expect(world.opens).toBe(2);
    expect(world.commits).toHaveLength(1);
  });

  it('leaves the rest for the next invocation near the deadline', async () => {
    const remaining = [9000, 9000, 2999];
    const world = rangeWorld({ capacity: 1 });
    const { run } = batchRunner({ ...world, remainingMs: () => remaining.shift() ?? 0 });
    const { unresolved, observations } = await run(shard('a', 'b', 'c'));
    expect(unresolved).toEqual(['3']);
    expect(observations[2]?.outcome).toMatchObject({ error: { code: 'deadline-near' } });
  });

  it('refuses to work without a shard, and says which setting is missing', async () => {
    const { sink } = rangeWorld();
    const input = { sink, consumer: 'c', effects: () => 'x', deadLetters: { store: async () => {} } };
    const [record] = shard('a');
    const parse = (raw: unknown) => parseStreamRecord(raw, { region: 'eu-west-1' });
    const batch = processBatch({ ...input, records: [record], parse, limits: { remainingMs: () => 9000 } });
    await expect(batch).rejects.toMatchObject({
      name: 'FatalConfigError',
      message: expect.stringContaining('TumblingWindowInSeconds'),
    });
  });
});
