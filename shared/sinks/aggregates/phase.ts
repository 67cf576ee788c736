import type { AttributeValue, Put, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { FatalConfigError } from '../../batch/errors.ts';
import { phaseKey } from './layout.ts';

/**
 * Which generation of the counters takes changes, and how. Every transaction that counts checks that the row is still
 * the one its deltas were made for; all slices' rows are changed in one transaction.
 *
 * - `live`: readers' generation takes what each change adds.
 * - `build`: so it does; the next generation takes the difference to what each item added to it before.
 * - `track`: both take what each change adds.
 */
export interface Phase {
  readonly kind: 'live' | 'build' | 'track';
  /** The generation that readers add up. */
  readonly generation: number;
  /** The generation being built; absent when none is. Numbers are never used again. */
  readonly next?: number;
  /** False in a table where no generation was ever built: no row means `live`, generation 1. */
  readonly isStored: boolean;
}

type Row = Record<string, AttributeValue>;

/** @throws {FatalConfigError} when newer code has begun a phase that this one does not know: deploy that code. */
export function phaseOf(row: Row | undefined): Phase {
  if (row === undefined) return { kind: 'live', generation: 1, isStored: false };
  const kind = row.phase?.S;
  const generation = wholeNumber(row.generation);
  const next = wholeNumber(row.next);
  if (generation !== undefined) {
    if (kind === 'live') return { kind, generation, isStored: true };
    if ((kind === 'build' || kind === 'track') && next !== undefined) return { kind, generation, next, isStored: true };
  }
  throw new FatalConfigError(
    'configuration',
    `the aggregates are in phase "${kind ?? 'unknown'}" of generation ${row.generation?.N ?? 'unknown'}, ` +
      'which this version of the function does not know: deploy the version that began it',
  );
}

export function samePhase(a: Phase, b: Phase): boolean {
  return a.kind === b.kind && a.generation === b.generation && a.next === b.next;
}

export function phaseCheck(options: { tableName: string; slice: number; phase: Phase }): TransactWriteItem {
  const { tableName, slice, phase } = options;
  return { ConditionCheck: { TableName: tableName, Key: phaseKey(slice), ...stillIn(phase) } };
}

/** Moves one slice from a phase to the next one. */
export function phaseChange(options: { tableName: string; slice: number; from: Phase; to: Phase }): TransactWriteItem {
  const { tableName, slice, from, to } = options;
  const next = to.next === undefined ? {} : { next: { N: String(to.next) } };
  const Item = { ...phaseKey(slice), phase: { S: to.kind }, generation: { N: String(to.generation) }, ...next };
  return { Put: { TableName: tableName, Item, ...stillIn(from) } };
}

type Condition = Required<Pick<Put, 'ConditionExpression' | 'ExpressionAttributeNames'>> &
  Pick<Put, 'ExpressionAttributeValues'>;

function stillIn({ kind, generation, next, isStored }: Phase): Condition {
  if (!isStored) {
    return { ConditionExpression: 'attribute_not_exists(#scope)', ExpressionAttributeNames: { '#scope': 'scope' } };
  }
  const isNext = next === undefined ? 'attribute_not_exists(#next)' : '#next = :next';
  return {
    ConditionExpression: `#phase = :phase AND #generation = :generation AND ${isNext}`,
    ExpressionAttributeNames: { '#phase': 'phase', '#generation': 'generation', '#next': 'next' },
    ExpressionAttributeValues: {
      ':phase': { S: kind },
      ':generation': { N: String(generation) },
      ...(next === undefined ? {} : { ':next': { N: String(next) } }),
    },
  };
}

function wholeNumber(value: AttributeValue | undefined): number | undefined {
  const number = Number(value?.N);
  return Number.isSafeInteger(number) ? number : undefined;
}
