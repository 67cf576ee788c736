import type { MappingEvent } from '../event.ts';
import type { FailureDelivery } from '../failure-document.ts';
import type { InvocationOutcome } from '../invocation.ts';
import type { MappingSettings } from '../mapping-settings.ts';
import type { ObservedActivity } from '../observer.ts';
import { memoryPositions } from '../positions/memory-positions.ts';
import type { PositionStore } from '../positions/position-store.ts';
import type { SourceRecord } from '../source.ts';
import { type MemorySource, memorySource } from '../sources/memory-source.ts';
import { type RunningMapping, startMapping } from '../start-mapping.ts';
import type { Tuning } from '../tuning.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';

export const STREAM_ARN = 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000';
export const KINESIS_ARN = 'arn:aws:kinesis:eu-west-1:000000000000:stream/orders';
export const START_MS = Date.UTC(2026, 0, 1);

/** A function's answer: what it returns, or a whole outcome. */
export type Answer = (event: MappingEvent, sequenceNumbers: readonly string[]) => InvocationOutcome;

export interface ScenarioOptions {
  readonly mapping?: Partial<MappingSettings>;
  /** In a shard named `shard` before the mapping starts. */
  readonly records?: readonly SourceRecord[];
  readonly answer?: Answer;
  /** How long an invocation takes. */
  readonly durationMs?: number;
  readonly tuning?: Tuning;
  readonly positions?: PositionStore;
  readonly source?: MemorySource;
  readonly clock?: VirtualClock;
  readonly kind?: 'dynamodb' | 'kinesis';
  readonly deliver?: (delivery: FailureDelivery) => Promise<void>;
}

/** A mapping in virtual time on a stream in memory, with everything it did. */
export interface Scenario {
  readonly source: MemorySource;
  readonly clock: VirtualClock;
  readonly run: RunningMapping;
  readonly activities: ObservedActivity[];
  readonly deliveries: FailureDelivery[];
  /** The sequence numbers of every invocation, in order, e.g. `['1,2,3', '3']`. */
  batches(): string[];
  /** Virtual milliseconds after the start of each invocation. */
  timesMs(): number[];
  events(): MappingEvent[];
  /** Activities of one kind. */
  of<Kind extends ObservedActivity['kind']>(kind: Kind): Extract<ObservedActivity, { kind: Kind }>[];
}

export async function scenario(options: ScenarioOptions = {}): Promise<Scenario> {
  const kind = options.kind ?? 'dynamodb';
  const clock = options.clock ?? virtualClock({ startMs: START_MS });
  const source = options.source ?? memorySource({ kind, arn: kind === 'dynamodb' ? STREAM_ARN : KINESIS_ARN });
  if (options.records) {
    source.open('shard');
    source.append('shard', options.records);
  }
  const activities: ObservedActivity[] = [];
  const deliveries: FailureDelivery[] = [];
  const answer: Answer = options.answer ?? (() => returned(null));
  const beganMs = clock.nowMs();
  const run = await startMapping({
    mapping: {
      UUID: '00000000-0000-4000-8000-000000000001',
      EventSourceArn: source.arn,
      FunctionName: 'orders',
      StartingPosition: 'TRIM_HORIZON',
      ...options.mapping,
    },
    source,
    clock,
    invoke: async (event) => {
      if (options.durationMs) await clock.sleep(options.durationMs);
      return answer(event, sequenceNumbersOf(event));
    },
    random: seeded(),
    positions: options.positions ?? memoryPositions(),
    deliver: async (delivery) => {
      await options.deliver?.(delivery);
      deliveries.push(delivery);
    },
    observer: (activity) => activities.push(activity),
    ...(options.tuning ? { tuning: options.tuning } : {}),
  });
  const of: Scenario['of'] = (kind) => activities.filter((activity) => isKind(activity, kind));
  return {
    ...{ source, clock, run, activities, deliveries, of },
    batches: () => of('invocation').map(({ event }) => sequenceNumbersOf(event).join(',')),
    timesMs: () => of('invocation').map(({ atMs }) => atMs - beganMs),
    events: () => of('invocation').map(({ event }) => event),
  };
}

export function returned(payload: unknown): InvocationOutcome {
  return { kind: 'returned', payload };
}

export function failed(...sequenceNumbers: readonly unknown[]): InvocationOutcome {
  return returned({ batchItemFailures: sequenceNumbers.map((itemIdentifier) => ({ itemIdentifier })) });
}

export const thrown: InvocationOutcome = {
  kind: 'functionError',
  error: { errorType: 'Error', errorMessage: 'the function threw' },
};

export const throttled: InvocationOutcome = { kind: 'notDelivered', reason: 'TooManyRequestsException' };

function sequenceNumbersOf({ Records }: MappingEvent): string[] {
  return Records.map((record) => ('dynamodb' in record ? record.dynamodb : record.kinesis)).map((position) =>
    'SequenceNumber' in position ? position.SequenceNumber : position.sequenceNumber,
  );
}

/** Inserts `first` to `last`, all taken in at `arrivalMs`, each with `payloadBytes` of text. */
export function inserts(first: number, last: number, { arrivalMs = START_MS, payloadBytes = 1 } = {}): SourceRecord[] {
  return Array.from({ length: last - first + 1 }, (_, index) => insert(first + index, arrivalMs, payloadBytes));
}

function insert(number: number, arrivalMs: number, payloadBytes: number): SourceRecord {
  const sequenceNumber = String(number);
  const keys = { id: { S: sequenceNumber } };
  return {
    sequenceNumber,
    arrivalMs,
    record: {
      eventID: sequenceNumber.padStart(32, '0'),
      eventName: 'INSERT',
      eventVersion: '1.1',
      eventSource: 'aws:dynamodb',
      awsRegion: 'eu-west-1',
      dynamodb: {
        ApproximateCreationDateTime: Math.floor(arrivalMs / 1000),
        Keys: keys,
        NewImage: { ...keys, text: { S: 'x'.repeat(payloadBytes) } },
        SequenceNumber: sequenceNumber,
        SizeBytes: payloadBytes,
        StreamViewType: 'NEW_AND_OLD_IMAGES',
      },
      eventSourceARN: STREAM_ARN,
    },
  };
}

function isKind<Kind extends ObservedActivity['kind']>(
  activity: ObservedActivity,
  kind: Kind,
): activity is Extract<ObservedActivity, { kind: Kind }> {
  return activity.kind === kind;
}

/** A small linear congruential generator: ids repeat from run to run. */
function seeded(): () => number {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
