import { describe, expect, it } from 'vitest';
import { batchRunner } from '../testing/batch-run.ts';
import { type Fault, newestWorld } from '../testing/fake-sinks.ts';
import { kinesisRecords } from '../testing/record-builder.ts';

const base = 1_767_225_600_000_000n;

/** Changes in the order of delivery: key, version (microseconds after a fixed time), request. */
function delivered(
  ...changes: readonly (readonly [key: string, version: bigint, does: string | number, eventId?: string])[]
) {
  const records = kinesisRecords();
  return changes.map(([id, version, does, eventId], index) => {
    const place = { sequenceNumber: `${index + 1}`, createdAtMicroseconds: base + version };
    return records.insert({ id, does }, eventId === undefined ? place : { ...place, eventId });
  });
}

function inOrder(...faults: Fault[]): () => Fault {
  return () => faults.shift() ?? 'none';
}

function heldBy(world: ReturnType<typeof newestWorld>): readonly string[] {
  return [...world.documents.values()].map(({ request }) => request);
}

describe('newest', () => {
  it('S1: a batch that holds v3 before v2 sends v3, not the last position', async () => {
    const world = newestWorld();
    const { outcomes } = await batchRunner(world).run(delivered(['a', 3n, 'v3'], ['a', 2n, 'v2']));
    expect(world.calls).toEqual([['v3']]);
    expect(outcomes).toEqual(['applied', 'stale']);
  });

  it('S3: two changes of one microsecond in one batch are sent as a tie, which a read of the item breaks', async () => {
    const world = newestWorld();
    const { outcomes } = await batchRunner(world).run(
      delivered(['a', 2n, 'one'], ['a', 1n, 'old'], ['a', 2n, 'other']),
    );
    expect(world.calls).toEqual([['one!']]);
    expect(outcomes).toEqual(['applied', 'stale', 'applied']);
  });

  it('a Kinesis duplicate of the highest version is no tie', async () => {
    const world = newestWorld();
    const batch = delivered(['a', 2n, 'v2', 'e-2'], ['a', 1n, 'v1'], ['a', 2n, 'v2', 'e-2']);
    const { outcomes } = await batchRunner(world).run(batch);
    expect(world.calls).toEqual([['v2']]);
    expect(outcomes).toEqual(['applied', 'stale', 'duplicate']);
  });

  it('sends one request per key in one call, and tells keys apart that join to the same text', async () => {
    const world = newestWorld();
    await batchRunner(world).run(delivered(['a', 1n, 'a1'], ['b', 1n, 'b1'], ['a', 2n, 'a2']));
    expect(world.calls).toEqual([['a2', 'b1']]);
  });

  it('hands the sink the other changes of the key too, in their order', async () => {
    const { sink } = newestWorld();
    const seen: string[][] = [];
    const spying: typeof sink = {
      ...sink,
      apply: (requests, limits) => {
        seen.push(...requests.map(({ companions }) => companions.map(({ request }) => request)));
        return sink.apply(requests, limits);
      },
    };
    const batch = delivered(['a', 1n, 'a1'], ['a', 3n, 'a3'], ['b', 1n, 'b1'], ['a', 2n, 'a2']);
    await batchRunner({ sink: spying }).run(batch);
    expect(seen).toEqual([['a1', 'a2'], []]);
  });

  it('leaves every change of a key unresolved when its request is', async () => {
    const world = newestWorld(inOrder('loseReply'));
    const { run } = batchRunner(world);
    const batch = delivered(['a', 1n, 'a1'], ['a', 2n, 'a2']);
    const first = await run(batch);
    expect(first).toMatchObject({ unresolved: ['1'], outcomes: ['retry', 'retry'] });
    expect((await run(batch)).outcomes).toEqual(['stale', 'duplicate']);
  });

  it('a newest version that is poison gives way to the next one: any cut of the stream ends alike', async () => {
    const whole = newestWorld();
    const batch = delivered(['a', 1n, 'a1'], ['a', 2n, 'a2'], ['a', 3n, 'refused']);
    const { run, letters } = batchRunner(whole);
    expect((await run(batch)).outcomes).toEqual(['stale', 'applied', 'deadLettered']);
    expect(whole.calls).toEqual([['refused'], ['a2']]);
    expect([...letters.values()]).toMatchObject([{ error: { code: 'sink-rejected' } }]);

    const cut = newestWorld();
    const other = batchRunner(cut);
    for (const record of batch) await other.run([record]);
    expect(heldBy(cut)).toEqual(heldBy(whole));
  });

  it('an image that the consumer cannot read does not hold back the older one', async () => {
    const world = newestWorld();
    const { run, letters } = batchRunner(world);
    expect((await run(delivered(['a', 1n, 'a1'], ['a', 2n, 7]))).outcomes).toEqual(['applied', 'deadLettered']);
    expect([...letters.values()]).toMatchObject([{ error: { code: 'invalid-attribute' } }]);
  });

  it('asks the sink nothing near the deadline', async () => {
    const world = newestWorld();
    const { run } = batchRunner({ ...world, remainingMs: () => 100 });
    expect((await run(delivered(['a', 1n, 'a1']))).unresolved).toEqual(['1']);
    expect(world.calls).toEqual([]);
  });

  it('stops the batch when the sink answers fewer outcomes than it got requests', async () => {
    const { sink } = newestWorld();
    const { run } = batchRunner({ sink: { ...sink, apply: async () => [] } });
    await expect(run(delivered(['a', 1n, 'a1']))).rejects.toMatchObject({ name: 'InvariantError' });
  });
});
