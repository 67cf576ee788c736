import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchRunner } from '../testing/batch-run.ts';
import { eachWorld, type Fault, newestWorld, rangeWorld } from '../testing/fake-sinks.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';

const kinds = ['good', 'good', 'good', 'filtered', 'unchanged', 'invalid', 'refused', 'undecodable'] as const;
type Kind = (typeof kinds)[number];

interface Write {
  readonly item: number;
  readonly kind: Kind;
  /** Only for Kinesis: where the record comes in the order of delivery, and whether it comes twice. */
  readonly delay: number;
  readonly isDoubled: boolean;
}

const writes = fc.array(
  fc.record({
    item: fc.nat(3),
    kind: fc.constantFrom(...kinds),
    delay: fc.nat(4),
    isDoubled: fc.boolean(),
  }),
  { maxLength: 24 },
);

/** How Lambda cuts the stream into batches, what fails on the way, and how often time runs short. */
const deliveries = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 6 }),
  faults: fc.array(fc.constantFrom<Fault>('none', 'refuse', 'loseReply', 'move'), { maxLength: 20 }),
  deadLetterFaults: fc.array(fc.constantFrom<Fault>('none', 'refuse', 'loseReply'), { maxLength: 8 }),
  shortages: fc.array(fc.boolean(), { maxLength: 12 }),
  capacity: fc.integer({ min: 1, max: 8 }),
});

describe('range, in any batches and with any faults', () => {
  it('counts every good record once and in order, every other is one dead letter that no cut counts', async () => {
    await fc.assert(
      fc.asyncProperty(writes, deliveries, async (all, delivery) => {
        const world = rangeWorld({ capacity: delivery.capacity, faults: oneByOne(delivery.faults) });
        const { run, letters } = runner(world, delivery);
        const records = all.map((write, index) => recordOf(streamRecords(), write, index));
        const check = () => {
          expect(world.counted).toEqual(all.flatMap(({ kind }, index) => (kind === 'good' ? [`r${index}`] : [])));
          expect(sequences(letters)).toEqual(poisonOf(all));
          expect(world.commits.flatMap(({ notCounted }) => notCounted)).toEqual(poisonOf(all));
        };
        await deliver(records, delivery.sizes, run);
        check();
        await deliver(records, [records.length], run);
        check();
      }),
    );
  });
});

describe('newest, in any batches, order of delivery, with duplicates and faults', () => {
  it('leaves each item at its newest good version, which never went back, and keeps all poison', async () => {
    await fc.assert(
      fc.asyncProperty(writes, deliveries, async (all, delivery) => {
        const world = newestWorld(oneByOne(delivery.faults));
        const { run, letters } = runner(world, delivery);
        const { records, poison } = unordered(all);
        const check = () => {
          const held = [...world.documents.values()].map(({ request }) => request);
          expect(held.toSorted()).toEqual(newestGood(all).toSorted());
          for (const versions of world.applied.values()) expect(versions).toEqual(versions.toSorted((a, b) => a - b));
          for (const sequence of poison) expect(sequences(letters)).toContain(sequence);
        };
        await deliver(records, delivery.sizes, run);
        check();
        await deliver(records, [records.length], run);
        check();
      }),
    );
  });
});

describe('each, in any batches and with any faults', () => {
  it('takes every good record once, and keeps every other as one dead letter', async () => {
    await fc.assert(
      fc.asyncProperty(writes, deliveries, async (all, delivery) => {
        const world = eachWorld({ concurrency: delivery.capacity, faults: oneByOne(delivery.faults) });
        const { run, letters } = runner(world, delivery);
        const records = all.map((write, index) => recordOf(kinesisRecords(), write, index));
        await deliver(records, delivery.sizes, run);
        await deliver(records, [records.length], run);
        const good = all.flatMap(({ kind }, index) => (kind === 'good' ? [`r${index}`] : []));
        expect([...world.taken.keys()].toSorted()).toEqual(good.toSorted());
        expect(sequences(letters)).toEqual(poisonOf(all));
      }),
    );
  });
});

describe('arbitrary JSON', () => {
  it('stops the batch or is accounted for, and never yields an empty identifier', async () => {
    const hostile = fc.oneof(
      fc.jsonValue(),
      fc.record({ eventSourceARN: fc.constant('arn:s'), eventName: fc.string(), dynamodb: hostileBody() }),
      fc.record({ eventSourceARN: fc.constant('arn:s'), kinesis: hostileBody(), eventID: fc.string() }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(hostile, { maxLength: 6 }), async (batch) => {
        for (const world of [rangeWorld(), newestWorld(), eachWorld()]) {
          const { run, letters } = batchRunner(world);
          const result = await run(batch).catch((error: unknown) => {
            expect(error).toMatchObject({ disposition: 'abort', message: expect.stringMatching(/./) });
          });
          if (result === undefined) continue;
          expect(result.unresolved).toEqual([]);
          expect(result.outcomes).toHaveLength(batch.length);
          for (const { outcome, position } of result.observations) {
            expect(outcome.kind).toBe('deadLettered');
            expect(sequences(letters)).toContain(position.sequenceNumber);
          }
        }
      }),
    );
  });
});

function hostileBody() {
  const sequenceNumbers = fc.oneof(fc.stringMatching(/^[0-9]{1,30}$/), fc.jsonValue());
  return fc.record({ SequenceNumber: sequenceNumbers, sequenceNumber: sequenceNumbers, data: fc.jsonValue() });
}

type Runner = ReturnType<typeof batchRunner>['run'];

function runner(world: Pick<Parameters<typeof batchRunner>[0], 'sink'>, delivery: FaultPlan) {
  const shortages = [...delivery.shortages];
  return batchRunner({
    sink: world.sink,
    deadLetterFaults: oneByOne(delivery.deadLetterFaults),
    remainingMs: () => (shortages.shift() ? 100 : 9000),
  });
}

interface FaultPlan {
  readonly deadLetterFaults: readonly Fault[];
  readonly shortages: readonly boolean[];
}

function oneByOne(faults: readonly Fault[]): () => Fault {
  const left = [...faults];
  return () => left.shift() ?? 'none';
}

/** As Lambda does: batches of these sizes in turn; what is unresolved comes again from the lowest number on. */
async function deliver(records: readonly SequencedRecord[], sizes: readonly number[], run: Runner): Promise<void> {
  let start = 0;
  for (let turn = 0; start < records.length; turn += 1) {
    const end = start + (sizes[turn % sizes.length] ?? 1);
    let batch = records.slice(start, end);
    for (let attempt = 0; batch.length > 0; attempt += 1) {
      expect(attempt).toBeLessThan(60);
      batch = await unresolvedOf(batch, run);
    }
    start = end;
  }
}

interface SequencedRecord {
  readonly sequenceNumber: string;
  readonly record: unknown;
}

async function unresolvedOf(batch: readonly SequencedRecord[], run: Runner): Promise<SequencedRecord[]> {
  const { unresolved, observations } = await run(batch.map(({ record }) => record));
  expect(observations.map(({ position }) => position.sequenceNumber)).toEqual(batch.map((each) => each.sequenceNumber));
  const firstRetry = observations.find(({ outcome }) => outcome.kind === 'retry')?.position.sequenceNumber;
  expect(unresolved).toEqual(firstRetry === undefined ? [] : [firstRetry]);
  const next = batch.findIndex(({ sequenceNumber }) => sequenceNumber === firstRetry);
  return next < 0 ? [] : batch.slice(next);
}

type Builder = ReturnType<typeof streamRecords> | ReturnType<typeof kinesisRecords>;

function recordOf(builder: Builder, write: Write, index: number, sequence = index): SequencedRecord {
  const sequenceNumber = `${sequence + 1}`;
  const at = { sequenceNumber, createdAtMicroseconds: 1_767_225_600_000_000n + BigInt(index), eventId: `e-${index}` };
  const id = `item${write.item}`;
  switch (write.kind) {
    case 'good':
      return { sequenceNumber, record: builder.modify({ id }, { id, does: `r${index}` }, at) };
    case 'filtered':
      return { sequenceNumber, record: builder.insert({ id }, at) };
    case 'unchanged':
      return { sequenceNumber, record: builder.modify({ id, does: 'x' }, { id, does: 'x' }, at) };
    case 'invalid':
      return { sequenceNumber, record: builder.insert({ id, does: 7 }, at) };
    case 'refused':
      return { sequenceNumber, record: builder.insert({ id, does: `refused${index}` }, at) };
    case 'undecodable': {
      const record = builder.record({ eventName: 'INSERT', Keys: {}, NewImage: {} }, at);
      return { sequenceNumber, record };
    }
  }
}

/** Kinesis: late records, and duplicates under sequence numbers of their own. */
function unordered(all: readonly Write[]): {
  readonly records: readonly SequencedRecord[];
  readonly poison: readonly string[];
} {
  const arrivals = all
    .flatMap((write, index) => {
      const arrival = { write, index, place: index + write.delay };
      return write.isDoubled ? [arrival, { ...arrival, place: index + 3 }] : [arrival];
    })
    .sort((a, b) => a.place - b.place);
  const records = arrivals.map(({ write, index }, sequence) => recordOf(kinesisRecords(), write, index, sequence));
  // A refused version that is superseded when it comes is stale: nobody asks the sink for it.
  const poison = arrivals.flatMap(({ write }, sequence) =>
    write.kind === 'invalid' || write.kind === 'undecodable' ? [`${sequence + 1}`] : [],
  );
  return { records, poison };
}

function newestGood(all: readonly Write[]): readonly string[] {
  const newest = new Map<number, string>();
  for (const [index, { item, kind }] of all.entries()) if (kind === 'good') newest.set(item, `r${index}`);
  return [...newest.values()];
}

function poisonOf(all: readonly Write[]): readonly string[] {
  return all.flatMap(({ kind }, index) =>
    kind === 'invalid' || kind === 'refused' || kind === 'undecodable' ? [`${index + 1}`] : [],
  );
}

function sequences(letters: ReturnType<typeof batchRunner>['letters']): readonly string[] {
  return [...letters.values()]
    .map(({ position }) => position.sequenceNumber)
    .toSorted((a, b) => Number(BigInt(a) - BigInt(b)));
}
