import {
  type InvocationOutcome,
  type MappingEvent,
  memoryPositions,
  memorySource,
  type RunningMapping,
  type SourceRecord,
  startMapping,
  virtualClock,
} from '@tributary/event-source-mapping';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { InvalidRecordError } from '../change/invalid-record.ts';
import { readString } from '../change/read-attribute.ts';
import { deadLetterBox, type Fault } from '../testing/fake-sinks.ts';
import { kinesisRecords } from '../testing/record-builder.ts';
import { windowWorld } from '../testing/window-world.ts';
import { deadlineMarginMs } from './deadline.ts';
import { processBatch } from './process-batch.ts';

const startMs = Date.UTC(2026, 0, 1);
const windowS = 10;
const shards = ['shardId-000000000000', 'shardId-000000000001'];

/** What goes wrong around an invocation; `killAfter`: all is done, and Lambda never hears of it. */
type Mishap = 'none' | 'killBefore' | 'killAfter' | 'throttled';

interface Write {
  readonly shard: number;
  readonly does: 'count' | 'nothing' | 'invalid';
  readonly isLarge: boolean;
  /** Arrival after the record before; below zero where the service's clocks disagree. */
  readonly afterMs: number;
}

const writes = fc.array(
  fc.record<Write>({
    shard: fc.nat(1),
    does: fc.constantFrom('count', 'count', 'count', 'nothing', 'invalid'),
    isLarge: fc.nat(30).map((die) => die === 0),
    afterMs: fc.oneof(fc.constant(0), fc.nat(2000), fc.integer({ min: -4000, max: 25_000 })),
  }),
  { minLength: 1, maxLength: 40 },
);

const deliveries = fc.record({
  batchSize: fc.integer({ min: 1, max: 9 }),
  bisectWhenFirstFails: fc.boolean(),
  mishaps: fc.array(fc.constantFrom<Mishap>('none', 'none', 'killBefore', 'killAfter', 'throttled'), { maxLength: 30 }),
  letterFaults: fc.array(fc.constantFrom<Fault>('none', 'refuse', 'loseReply'), { maxLength: 12 }),
  closeFaults: fc.array(fc.constantFrom<Fault>('none', 'refuse', 'loseReply'), { maxLength: 12 }),
  /** The records arrive in this many parts, between which time passes and the mapping may be started anew. */
  restarts: fc.array(fc.record({ waitMs: fc.nat(15_000), isRestart: fc.boolean() }), { maxLength: 5 }),
});
type Delivery = typeof deliveries extends fc.Arbitrary<infer Value> ? Value : never;

it('windows count every record exactly once, as the mapping delivered it, whatever fails, in any batches', async () => {
  await fc.assert(
    fc.asyncProperty(writes, deliveries, async (all, delivery) => {
      const records = recordsOf(all);
      const { rows, letters } = await deliverAll(records, delivery);
      const counted = [...rows].flatMap(([key, numbers]) => numbers.map((number) => `${key.slice(0, 20)} ${number}`));
      const expected = all.flatMap(({ does }, index) =>
        does === 'count' ? [`${windowStart(records[index]?.arrivalMs ?? 0)} ${index + 1}`] : [],
      );
      expect(counted.sort()).toEqual(expected.sort());
      const invalid = all.flatMap(({ does }, index) => (does === 'invalid' ? [`test/${index + 1}`] : []));
      expect([...letters.keys()].sort()).toEqual(invalid.sort());
    }),
    { numRuns: 80 },
  );
});

type ShardRecord = SourceRecord & { readonly shardId: string };

function recordsOf(all: readonly Write[]): readonly ShardRecord[] {
  let arrivalMs = startMs;
  return all.map(({ shard, does, isLarge, afterMs }, index) => {
    arrivalMs = Math.max(startMs, arrivalMs + afterMs);
    const shardId = shards[shard] ?? '';
    const sequenceNumber = `${index + 1}`;
    const item = { id: sequenceNumber, does, ...(isLarge ? { size: 'large' } : {}) };
    return { shardId, sequenceNumber, arrivalMs, record: kinesisRecords({ shardId }).insert(item, { sequenceNumber }) };
  });
}

function windowStart(arrivalMs: number): string {
  const windowMs = windowS * 1000;
  return new Date(arrivalMs - (arrivalMs % windowMs)).toISOString().replace('.000Z', 'Z');
}

/** The strategy behind the event source mapping of the laptop, in virtual time, until it has nothing left to do. */
async function deliverAll(records: readonly ShardRecord[], delivery: Delivery) {
  const { mishaps, letterFaults, closeFaults, restarts } = structuredClone(delivery);
  const { sink, rows } = windowWorld(() => closeFaults.shift() ?? 'none');
  const { store, letters } = deadLetterBox(() => letterFaults.shift() ?? 'none');
  const handle = (event: MappingEvent) =>
    processBatch({
      records: event.Records,
      window: {
        shardId: event.shardId ?? '',
        start: event.window?.start ?? '',
        end: event.window?.end ?? '',
        state: event.state ?? {},
        isClosing: event.isFinalInvokeForWindow === true,
      },
      parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
      effects: effectsOf,
      sink,
      consumer: 'test',
      deadLetters: store,
      limits: { remainingMs: () => deadlineMarginMs },
    });
  const invoke = async (event: MappingEvent): Promise<InvocationOutcome> => {
    const mishap = mishaps.shift() ?? 'none';
    if (mishap === 'throttled') return { kind: 'notDelivered', reason: 'throttled' };
    if (mishap === 'killBefore') return killed;
    const outcome = await handle(structuredClone(event)).then(returned, () => killed);
    return mishap === 'killAfter' ? killed : outcome;
  };
  const play = stage({ invoke, delivery });
  let mapping = await play.start();
  const parts = restarts.length + 1;
  for (let part = 0; part < parts; part += 1) {
    play.append(records.filter((_, index) => Math.floor((index * parts) / records.length) === part));
    const pause = restarts[part];
    await play.clock.advance(pause?.waitMs ?? 0);
    if (pause?.isRestart) {
      await mapping.stop();
      mapping = await play.start();
    }
  }
  await play.clock.advance(3_600_000);
  await mapping.stop();
  return { rows, letters };
}

const killed: InvocationOutcome = { kind: 'functionError', error: { errorType: 'Error', errorMessage: 'killed' } };

function returned(payload: unknown): InvocationOutcome {
  return { kind: 'returned', payload };
}

function effectsOf({ newImage }: ReturnType<typeof parseKinesisRecord>): string | undefined {
  const does = readString(newImage, 'does', 'newImage');
  if (does === 'invalid') throw new InvalidRecordError('newImage.does', 'is invalid');
  return does === 'count' ? does : undefined;
}

function stage({
  invoke,
  delivery,
}: {
  invoke: (event: MappingEvent) => Promise<InvocationOutcome>;
  delivery: Delivery;
}) {
  const arn = 'arn:aws:kinesis:eu-west-1:000000000000:stream/users';
  const clock = virtualClock({ startMs });
  const source = memorySource({ kind: 'kinesis', arn, pageSize: 7 });
  const positions = memoryPositions();
  for (const shardId of shards) source.open(shardId);
  const start = (): Promise<RunningMapping> =>
    startMapping({
      mapping: {
        UUID: '00000000-0000-4000-8000-000000000001',
        EventSourceArn: arn,
        FunctionName: 'windows',
        StartingPosition: 'TRIM_HORIZON',
        BatchSize: delivery.batchSize,
        TumblingWindowInSeconds: windowS,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      },
      source,
      clock,
      invoke: async (event) => {
        await clock.sleep(300);
        return invoke(event);
      },
      random: () => 0.5,
      positions,
      deliver: () => Promise.reject(new Error('nothing is given up')),
      observer: () => undefined,
      tuning: { windowGraceMs: 1000, bisectWhenFirstFails: delivery.bisectWhenFirstFails },
    });
  const append = (records: readonly ShardRecord[]) => {
    for (const { shardId, ...record } of records) source.append(shardId, [record]);
  };
  return { clock, start, append };
}
