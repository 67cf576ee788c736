import { forEachBounded } from '../../batch/bounded.ts';
import { InvalidBatchFileError, parseJson, type RecordedBatch } from '../../batch/recorded-batch.ts';
import { readPosition } from '../../change/position.ts';
import type { DeadLetterState } from '../../runtime/dead-letters.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import { recordsOf } from '../batch-sources.ts';
import { OperatorError, type TargetRegion } from '../target.ts';
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
  region: TargetRegion,
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
async function readFailureObject(region: TargetRegion, key: string): Promise<FailureObject | undefined> {
  const body = await region.failures.get(key);
  if (body === undefined) return undefined;
  const document = documentOf(body, key);
  const consumer = region.consumerOf(document.requestContext?.functionArn ?? '');
  if (consumer === undefined) return undefined;
  const [batch] = batchesOf(document, key);
  if (batch === undefined) throw damaged(key, 'it holds no records');
  return {
    region: region.name,
    key,
    consumer,
    condition: document.requestContext?.condition ?? 'unknown',
    at: document.timestamp ?? '',
    records: batch.records.length,
    state: await stateOf(region.failures, key),
    batch,
  };
}

/** What Lambda says in the document beside the batch. */
interface FailureDocument {
  readonly requestContext?: { readonly functionArn?: string; readonly condition?: string };
  readonly timestamp?: string;
}

function documentOf(body: string, key: string): FailureDocument {
  return explained(key, () => parseJson(body, 'The object') as FailureDocument);
}

function batchesOf(document: FailureDocument, key: string): readonly RecordedBatch[] {
  return explained(key, () => recordsOf(document));
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
  return new OperatorError(`The failure object ${key} cannot be read: ${problem}.`);
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

async function stateOf(objects: ObjectStore, key: string): Promise<DeadLetterState> {
  const body = await objects.get(stateKey(key));
  return body === undefined ? 'pending' : (JSON.parse(body) as StoredState).state;
}

export function stateKey(key: string): string {
  return `failure-states/${key}`;
}
