import { describe, expect, it } from 'vitest';
import { batchRunner } from '../testing/batch-run.ts';
import { eachWorld, type Fault } from '../testing/fake-sinks.ts';
import { kinesisRecords } from '../testing/record-builder.ts';

function delivered(...does: readonly string[]) {
  const records = kinesisRecords();
  return does.map((text, index) => records.insert({ id: `u${index}`, does: text }, { sequenceNumber: `${index + 1}` }));
}

function inOrder(...faults: Fault[]): () => Fault {
  return () => faults.shift() ?? 'none';
}

describe('each', () => {
  it('starts in sequence order and keeps to its concurrency', async () => {
    const world = eachWorld({ concurrency: 3 });
    const does = Array.from({ length: 20 }, (_, index) => `r${index}`);
    await batchRunner(world).run(delivered(...does));
    expect(world.started).toEqual(does);
    expect(world.runningMax).toBe(3);
  });

  it('answers the lowest unresolved record; those behind it are found done when they come again', async () => {
    const world = eachWorld({ concurrency: 1, faults: inOrder('none', 'loseReply') });
    const { run } = batchRunner(world);
    const batch = delivered('a', 'b', 'c');
    expect(await run(batch)).toMatchObject({ unresolved: ['2'], outcomes: ['applied', 'retry', 'applied'] });
    expect((await run(batch.slice(1))).outcomes).toEqual(['duplicate', 'duplicate']);
  });

  it('starts nothing new near the deadline', async () => {
    const remaining = [9000, 9000];
    const world = eachWorld({ concurrency: 1 });
    const { run } = batchRunner({ ...world, remainingMs: () => remaining.shift() ?? 0 });
    expect((await run(delivered('a', 'b', 'c', 'd'))).unresolved).toEqual(['3']);
    expect(world.started).toEqual(['a', 'b']);
  });

  it('keeps what the sink cannot take as a dead letter and goes on', async () => {
    const world = eachWorld();
    const { run, letters } = batchRunner(world);
    expect((await run(delivered('a', 'refused', 'c'))).outcomes).toEqual(['applied', 'deadLettered', 'applied']);
    expect([...letters.keys()]).toEqual(['test/2']);
  });
});
