import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Cut, ShardIdentity } from '../../batch/sink.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import { coalesce, type Deltas } from './deltas.ts';
import { counterKey, cutKey, markerKey, positionKey, sliceOf } from './layout.ts';
import { type Phase, phaseCheck } from './phase.ts';
import type { Delta } from './total-definition.ts';

/**
 * A transaction takes 100 items; three are the position, the cut and the phase. With keys of up to 1.2 KB each, 97
 * counters stay far below the 4 MB that a transaction may have.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export const MAX_COUNTERS_PER_CUT = 97;

/** Physical names. */
export interface AggregatesTables {
  readonly counters: string;
  readonly checkpoints: string;
}

/** Where a shard stood when it was read. */
export interface Cursor {
  /** Last sequence number committed; absent: none yet. */
  readonly last?: string;
  readonly phase: Phase;
}

/** What an item of the transaction is there for: a failed condition means another thing for each. */
export type Role = 'position' | 'phase' | 'cut' | 'marker' | 'counter';

/** Parallel arrays, because DynamoDB gives its reasons for a cancellation in the order of the items. */
export interface Transaction {
  readonly items: readonly TransactWriteItem[];
  readonly roles: readonly Role[];
}

interface Context {
  readonly tables: AggregatesTables;
  /** When the rows are written, milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * One cut, all or nothing: the position moves on if the shard still stands where it was read, the cut is recorded for
 * redrives, the phase is still the one read, and each counter takes the sum of the cut's deltas.
 */
export function cutTransaction(cut: Cut<Deltas, Cursor>, { tables, nowMs }: Context): Transaction {
  const slice = sliceOf(cut.shard);
  return transaction([
    ['position', movePosition(cut, tables.checkpoints)],
    ['phase', phaseCheck({ tableName: tables.checkpoints, slice, phase: cut.cursor.phase })],
    ['cut', recordCut(cut, { tables, nowMs })],
    ...addDeltas({ deltas: cut.entries.flatMap(({ request }) => request), slice, tableName: tables.counters }),
  ]);
}

/** One record that no cut counted, at most once: its marker must not exist yet. */
export function markerTransaction(
  record: { shard: ShardIdentity; sequenceNumber: string; deltas: Deltas; phase: Phase },
  { tables, nowMs }: Context,
): Transaction {
  const slice = sliceOf(record.shard);
  const marker: TransactWriteItem = {
    Put: {
      TableName: tables.checkpoints,
      Item: { ...markerKey(record.shard, record.sequenceNumber), expiresAt: expiry(nowMs) },
      ConditionExpression: 'attribute_not_exists(#scope)',
      ExpressionAttributeNames: { '#scope': 'scope' },
    },
  };
  return transaction([
    ['marker', marker],
    ['phase', phaseCheck({ tableName: tables.checkpoints, slice, phase: record.phase })],
    ...addDeltas({ deltas: record.deltas, slice, tableName: tables.counters }),
  ]);
}

type Part = readonly [Role, TransactWriteItem];

function transaction(parts: readonly Part[]): Transaction {
  return { roles: parts.map(([role]) => role), items: parts.map(([, item]) => item) };
}

function movePosition({ shard, cursor, last }: Cut<Deltas, Cursor>, tableName: string): TransactWriteItem {
  const read = cursor.last === undefined ? {} : { ':read': { S: cursor.last } };
  return {
    Update: {
      TableName: tableName,
      Key: positionKey(shard),
      UpdateExpression: 'SET #last = :next',
      ConditionExpression: cursor.last === undefined ? 'attribute_not_exists(#last)' : '#last = :read',
      ExpressionAttributeNames: { '#last': 'last' },
      ExpressionAttributeValues: { ':next': { S: last }, ...read },
    },
  };
}

function recordCut(cut: Cut<Deltas, Cursor>, { tables, nowMs }: Context): TransactWriteItem {
  return {
    Put: {
      TableName: tables.checkpoints,
      Item: {
        ...cutKey(cut.shard, cut.last),
        first: { S: cut.first },
        last: { S: cut.last },
        notCounted: { L: cut.notCounted.map((sequenceNumber) => ({ S: sequenceNumber })) },
        expiresAt: expiry(nowMs),
      },
      ConditionExpression: 'attribute_not_exists(#scope)',
      ExpressionAttributeNames: { '#scope': 'scope' },
    },
  };
}

function addDeltas(options: { deltas: readonly Delta[]; slice: number; tableName: string }): readonly Part[] {
  return coalesce(options.deltas).map((delta) => ['counter', addDelta(delta, options)]);
}

function addDelta(delta: Delta, { slice, tableName }: { slice: number; tableName: string }): TransactWriteItem {
  const target = { TableName: tableName, Key: counterKey(delta, slice) };
  const count = { N: String(delta.count) };
  if (delta.sum === undefined) {
    return {
      Update: {
        ...target,
        UpdateExpression: 'ADD #count :count',
        ExpressionAttributeNames: { '#count': 'count' },
        ExpressionAttributeValues: { ':count': count },
      },
    };
  }
  return {
    Update: {
      ...target,
      UpdateExpression: 'ADD #count :count, #sum :sum',
      ExpressionAttributeNames: { '#count': 'count', '#sum': 'sum' },
      ExpressionAttributeValues: { ':count': count, ':sum': { N: delta.sum } },
    },
  };
}

/** Time to live is in whole seconds: rounded up, so that nothing is forgotten early. */
function expiry(nowMs: number): { N: string } {
  return { N: String(Math.ceil(nowMs / 1000) + replayHorizonS) };
}
