import type { FailureDelivery } from '../failure-document.ts';
import type { Invoke } from '../invocation.ts';
import type { PositionStore } from '../positions/position-store.ts';
import type { Source } from '../source.ts';

/** What goes wrong, as chances from 0 to 1 of each call, drawn from the seed. */
export interface FaultChances {
  readonly throttledReads?: number;
  readonly failedReads?: number;
  readonly expiredIterators?: number;
  readonly failedListings?: number;
  /** The invocation does not reach the function. */
  readonly throttledInvocations?: number;
  /** The function fails before it does anything. */
  readonly errorsBefore?: number;
  /** The function does its work and fails then: its effects are there and its records come again. */
  readonly errorsAfter?: number;
  readonly failedDeliveries?: number;
  readonly failedSaves?: number;
}

/** What happens at its time. */
export type TimedFault =
  /** The oldest `count` records that the shard ever had are gone. */
  | { readonly atMs: number; readonly kind: 'trim'; readonly shardId: string; readonly count: number }
  /** The mapping is killed where it stands, and starts again from its stored positions. */
  | { readonly atMs: number; readonly kind: 'restart' }
  | { readonly atMs: number; readonly kind: 'disable' | 'enable' };

export interface SimulatedFaults extends FaultChances {
  readonly timed?: readonly TimedFault[];
}

export interface Dice {
  readonly chances: FaultChances;
  readonly random: () => number;
}

function strikes({ chances, random }: Dice, fault: keyof FaultChances): boolean {
  const chance = chances[fault] ?? 0;
  return chance > 0 && random() < chance;
}

export function faultySource(source: Source, dice: Dice): Source {
  const throttled = source.kind === 'dynamodb' ? 'LimitExceededException' : 'ProvisionedThroughputExceededException';
  return {
    ...{ kind: source.kind, arn: source.arn },
    ...(source.retentionMs === undefined ? {} : { retentionMs: source.retentionMs }),
    listShards: async (signal) => {
      if (strikes(dice, 'failedListings')) throw named('InternalServerError');
      return source.listShards(signal);
    },
    getIterator: (shardId, start, signal) => source.getIterator(shardId, start, signal),
    getRecords: async (shardId, iterator, signal) => {
      if (strikes(dice, 'throttledReads')) throw named(throttled);
      if (strikes(dice, 'failedReads')) throw named('InternalServerError');
      if (strikes(dice, 'expiredIterators')) throw named('ExpiredIteratorException');
      return source.getRecords(shardId, iterator, signal);
    },
  };
}

export function faultyInvoke(invoke: Invoke, dice: Dice): Invoke {
  return async (event, context) => {
    if (strikes(dice, 'throttledInvocations')) {
      return { kind: 'notDelivered', reason: 'TooManyRequestsException: Rate Exceeded.' };
    }
    if (strikes(dice, 'errorsBefore')) return crash('The function failed before its work.');
    const outcome = await invoke(event, context);
    return strikes(dice, 'errorsAfter') ? crash('The function failed after its work.') : outcome;
  };
}

export function faultyPositions(positions: PositionStore, dice: Dice): PositionStore {
  return {
    load: () => positions.load(),
    save: async (next) => {
      if (strikes(dice, 'failedSaves')) throw new Error('The positions could not be stored.');
      await positions.save(next);
    },
  };
}

export async function faultyDelivery(_: FailureDelivery, dice: Dice): Promise<void> {
  if (strikes(dice, 'failedDeliveries')) throw new Error('The destination could not be reached.');
}

function crash(errorMessage: string) {
  return { kind: 'functionError' as const, error: { errorType: 'Runtime.ExitError', errorMessage } };
}

function named(name: string): Error {
  return Object.assign(new Error(`${name}, as asked for`), { name });
}
