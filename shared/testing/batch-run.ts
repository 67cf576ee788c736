import { deadlineMarginMs } from '../batch/deadline.ts';
import { type BatchInput, type Observation, processBatch } from '../batch/process-batch.ts';
import type { Sink } from '../batch/sink.ts';
import type { Change } from '../change/change.ts';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import { readString } from '../change/read-attribute.ts';
import { deadLetterBox, type Faults, noFaults } from './fake-sinks.ts';

const shardId = 'shardId-000000000000';

/** A consumer for tests: its request is the attribute `does` of the newer image; absent: filtered. */
function requestOf({ oldImage, newImage }: Change): string | undefined {
  return readString(newImage ?? oldImage, 'does', 'newImage');
}

function parseEither(record: unknown): Change {
  const isKinesis = typeof record === 'object' && record !== null && 'kinesis' in record;
  return isKinesis
    ? parseKinesisRecord(record, { region: 'eu-west-1' })
    : parseStreamRecord(record, { region: 'eu-west-1', shardId });
}

/** Batches through one sink; `run` answers with what Lambda and the observer were told. */
export function batchRunner(options: {
  readonly sink: Sink<string>;
  readonly deadLetterFaults?: Faults;
  readonly effects?: BatchInput<string>['effects'];
  /** @default always enough */
  readonly remainingMs?: () => number;
}) {
  const { store, letters } = deadLetterBox(options.deadLetterFaults ?? noFaults);
  const run = async (records: readonly unknown[]) => {
    const observations: Observation[] = [];
    const response = await processBatch({
      records,
      shardId,
      parse: parseEither,
      effects: options.effects ?? requestOf,
      sink: options.sink,
      consumer: 'test',
      deadLetters: store,
      limits: { remainingMs: options.remainingMs ?? (() => deadlineMarginMs) },
      observe: (observation) => observations.push(observation),
    });
    const unresolved = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    return { unresolved, observations, outcomes: observations.map(({ outcome }) => outcome.kind) };
  };
  return { run, letters };
}
