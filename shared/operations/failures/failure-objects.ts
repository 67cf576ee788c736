import { forEachBounded } from '../../batch/bounded.ts';
import { InvalidBatchFileError, parseJson, type RecordedBatch } from '../../batch/recorded-batch.ts';
import { readPosition } from '../../change/position.ts';
import { isObject } from '../../change/raw-json.ts';
import type { DeadLetterState } from '../../runtime/dead-letters.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import { recordsOf } from '../batch-sources.ts';
import { type FailureKeeper, OperatorError } from '../target.ts';
import { type FailureFilter, passes } from './failure-filter.ts';
import type { FailedRecord } from './verdict.ts';

/**
 * A batch that a mapping gave up on, as Lambda keeps it. What a person did about it is beside it, because the object
 * itself is Lambda's: `failure-states/<key>`, absent while it is pending.
 */
export interface ListedFailure {
  readonly region: string;
  readonly key: string;
  readonly consumer: string;
  /** Why the mapping gave up: `RetryAttemptsExhausted`, `EventAgeExceeded`. */
  readonly condition: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly records: number;
  readonly state: DeadLetterState;
}

export interface FailureObject extends ListedFailure {
  readonly batch: RecordedBatch;
}

const prefix = 'aws/lambda/';
const readsAtOnce = 8;

/** The failure objects of a region that pass the filter, oldest first within a mapping and shard. */
export async function listFailureObjects(
  region: FailureKeeper,
  filter: FailureFilter,
): Promise<readonly FailureObject[]> {
  if (filter.region !== undefined && filter.region !== region.name) return [];
  const keys = await region.failures.list(prefix);
  const wanted = filter.keys === undefined ? keys : keys.filter((key) => filter.keys?.includes(key));
  const found = new Map<string, FailureObject>();
  await forEachBounded(wanted, readsAtOnce, async (key) => {
    const failure = await readFailureObject(region, key);
    if (failure === undefined) return;
    const { consumer, condition: code, at, state } = failure;
    const atMs = Date.parse(at);
    if (passes({ key, consumer, code, state, firstAtMs: atMs, lastAtMs: atMs }, filter)) found.set(key, failure);
  });
  return wanted.flatMap((key) => found.get(key) ?? []);
}

/** Undefined when there is no such object, or when it is of a function that is none of these consumers. */
async function readFailureObject(region: FailureKeeper, key: string): Promise<FailureObject | undefined> {
  const body = await region.failures.get(key);
  if (body === undefined) return undefined;
  const document = explained(key, () => parseJson(body, 'The object'));
  if (!isObject(document)) throw damaged(key, 'it is no JSON object');
  const consumer = region.consumerOf(textIn(document.requestContext, 'functionArn') ?? '');
  if (consumer === undefined) return undefined;
  const [batch, ...others] = explained(key, () => recordsOf(document));
  if (batch === undefined) throw damaged(key, 'it holds no records');
  if (others.length > 0) throw damaged(key, 'it holds several batches');
  return {
    region: region.name,
    key,
    consumer,
    condition: textIn(document.requestContext, 'condition') ?? 'unknown',
    at: textIn(document, 'timestamp') ?? '',
    records: batch.records.length,
    state: await stateOf(region.failures, key),
    batch,
  };
}

function textIn(value: unknown, field: string): string | undefined {
  const found = isObject(value) ? value[field] : undefined;
  return typeof found === 'string' ? found : undefined;
}

function explained<Result>(key: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidBatchFileError) throw damaged(key, error.message);
    throw error;
  }
}

function damaged(key: string, problem: string): OperatorError {
  const advice = 'look at it, then remove it from the bucket; until then name the keys of those that you mean';
  return new OperatorError(`The failure object ${key} cannot be read: ${problem.replace(/\.$/, '')}; ${advice}.`);
}

/** The records of a failure object, each with its place in the shard. */
export function failedRecordsOf({ key, batch }: FailureObject): readonly FailedRecord[] {
  const { shardId } = batch.header;
  return batch.records.map(({ record }) => {
    const position = readPosition(record, shardId);
    if (position === undefined) throw damaged(key, 'a record has no sequence number');
    return { position, record };
  });
}

interface StoredState {
  readonly state: DeadLetterState;
  /** ISO 8601, UTC. */
  readonly at: string;
}

export async function markFailureObject(objects: ObjectStore, key: string, stored: StoredState): Promise<void> {
  await objects.put({ key: stateKey(key), body: JSON.stringify(stored), contentType: 'application/json' });
}

/** What cannot be read says nothing: a redrive finds out what is done. */
async function stateOf(objects: ObjectStore, key: string): Promise<DeadLetterState> {
  const body = await objects.get(stateKey(key));
  if (body === undefined) return 'pending';
  try {
    const state = textIn(parseJson(body, 'The state'), 'state');
    return state === 'redriven' || state === 'discarded' ? state : 'pending';
  } catch {
    return 'pending';
  }
}

export function stateKey(key: string): string {
  return `failure-states/${key}`;
}
