import {
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { Clock, Random } from '../batch/clock.ts';
import { type Stamp, stampOf } from '../change/stamp.ts';
import { toImage } from '../services/dynamodb/image.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { StoredItem } from './plain-item.ts';
import type { StampClock } from './stamp-clock.ts';
import { WriteError } from './write-error.ts';
import type { WriteTarget } from './write-request.ts';

/** What every write of a writer shares. */
export interface WriteContext {
  readonly dynamodb: DynamoDb;
  readonly target: WriteTarget;
  readonly clock: Clock;
  readonly random: Random;
  readonly stamps: StampClock;
}

/** Why DynamoDB did not take a write that may be repeated with another stamp. */
export interface Refusal {
  /** Places of the writes whose condition failed, with the item that each met. */
  readonly met: readonly { readonly index: number; readonly item: StoredItem | undefined }[];
  readonly cause: unknown;
}

const attemptsMax = 12;
const pauseStartMs = 25;
const pauseMaxMs = 1000;

/**
 * Attempts a write with a stamp above every one that it meets, until it is taken: a few seconds in all. `attempt`
 * answers `undefined` when the write is done.
 *
 * @throws {WriteError} `conflict`, `unstamped` or `clock-ahead`: nothing was written.
 */
export async function writeAboveStored(
  { stamps, clock, random, target }: WriteContext,
  attempt: (stamp: Stamp) => Promise<Refusal | undefined>,
): Promise<void> {
  let after: Stamp | undefined;
  let unstamped = false;
  let cause: unknown;
  for (let attempts = 1; attempts <= attemptsMax; attempts += 1) {
    const refusal = await attempt(stamps.next(after));
    if (refusal === undefined) return;
    const found = refusal.met.map(({ item }) => item && stampOf(toImage(item), target.definition.versionAttribute));
    after = [after, ...found].reduce((highest, stamp) => (isHigher(stamp, highest) ? stamp : highest));
    unstamped = found.includes(undefined);
    cause = refusal.cause;
    // A clock that was merely behind is ahead now: no need to wait. More than once, it is others who write.
    const onlyBehind = attempts === 1 && found.length > 0 && !unstamped;
    if (!onlyBehind) await clock.sleep(random() * Math.min(pauseMaxMs, pauseStartMs * 2 ** attempts));
  }
  throw exhausted({ unstamped, cause });
}

/** @throws whatever is no refusal of a condition and no collision of transactions. */
export function refusalOf(error: unknown): Refusal {
  // recovery: write-refused
  if (error instanceof ConditionalCheckFailedException) {
    return { met: [{ index: 0, item: error.Item }], cause: error };
  }
  if (error instanceof TransactionConflictException) return { met: [], cause: error };
  if (!(error instanceof TransactionCanceledException)) throw error;
  const reasons = error.CancellationReasons ?? [];
  if (!reasons.every(({ Code }) => Code === undefined || repeatable.has(Code))) throw error;
  const met = reasons.flatMap(({ Code, Item: item }, index) =>
    Code === 'ConditionalCheckFailed' ? [{ index, item }] : [],
  );
  return { met, cause: error };
}

/** @see Amazon DynamoDB API Reference, "TransactWriteItems", cancellation reasons */
const repeatable = new Set([
  'None',
  'ConditionalCheckFailed',
  'TransactionConflict',
  'ProvisionedThroughputExceeded',
  'ThrottlingError',
]);

function isHigher(stamp: Stamp | undefined, than: Stamp | undefined): boolean {
  return stamp !== undefined && (than === undefined || stamp > than);
}

function exhausted({ unstamped, cause }: { unstamped: boolean; cause: unknown }): WriteError {
  if (unstamped) {
    return new WriteError(
      'unstamped',
      'The item has no stamp, because something else than the writer wrote it, and is refused until the replicator ' +
        'has stamped it: nothing was written. Try again; if it stays so, look at the lag of the replicator.',
      { cause },
    );
  }
  const problem = `Others kept writing the item through ${attemptsMax} attempts: nothing was written. Try again.`;
  return new WriteError('conflict', problem, { cause });
}
