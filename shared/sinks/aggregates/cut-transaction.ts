import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { Cut, ShardIdentity } from '../../batch/sink.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import { addDeltas } from './counter-updates.ts';
import type { Deltas } from './deltas.ts';
import { type CountedItem, itemDeltas, itemPut } from './item-contributions.ts';
import { cutKey, markerKey, positionKey, sliceOf } from './layout.ts';
import { type Phase, phaseCheck } from './phase.ts';

/**
 * A transaction takes 100 items; three are the position, the cut and the phase. With keys of up to 1.2 KB each, 97
 * counters stay far below the 4 MB that a transaction may have.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis.html
 */
export const MAX_COUNTERS_PER_CUT = 97;
export const MAX_TRANSACTION_ITEMS = 100;

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
export type Role = 'position' | 'phase' | 'cut' | 'marker' | 'item' | 'counter' | 'state';

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
 * redrives, the phase is still the one read, and each counter takes the sum of the cut's deltas. While a generation is
 * built, `items` are those of the cut with what the generation has of each.
 */
export function cutTransaction(
  cut: Cut<Deltas, Cursor>,
  { tables, nowMs, items }: Context & { readonly items: readonly CountedItem[] },
): Transaction {
  const slice = sliceOf(cut.shard);
  const { phase } = cut.cursor;
  const deltas = cut.entries.flatMap(({ request }) => request);
  return transaction([
    ['position', movePosition(cut, tables.checkpoints)],
    ['phase', phaseCheck({ tableName: tables.checkpoints, slice, phase })],
    ['cut', recordCut(cut, { tables, nowMs })],
    ...items.map((item): Part => ['item', itemPut(item, tables.checkpoints)]),
    ...countIn(generationsTaking(phase), { deltas, slice, tables }),
    ...countIn(phase.kind === 'build' ? [phase.next] : [], { deltas: itemDeltas(items), slice, tables }),
  ]);
}

/** Items that were found in the table, for holes in the generation that is being built. */
export function fillTransaction(
  { items, phase, slice }: { items: readonly CountedItem[]; phase: Phase; slice: number },
  tables: AggregatesTables,
): Transaction {
  return transaction([
    ['phase', phaseCheck({ tableName: tables.checkpoints, slice, phase })],
    ...items.map((item): Part => ['item', itemPut(item, tables.checkpoints)]),
    ...countIn([phase.next], { deltas: itemDeltas(items), slice, tables }),
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
    ...countIn(generationsTaking(record.phase), { deltas: record.deltas, slice, tables }),
  ]);
}

/** The generations that take what a change adds. */
export function generationsTaking({ kind, generation, next }: Phase): readonly (number | undefined)[] {
  return kind === 'track' ? [generation, next] : [generation];
}

export type Part = readonly [Role, TransactWriteItem];

function countIn(
  generations: readonly (number | undefined)[],
  { deltas, slice, tables }: { deltas: Deltas; slice: number; tables: AggregatesTables },
): readonly Part[] {
  return generations
    .filter((generation) => generation !== undefined)
    .flatMap((generation) => addDeltas(deltas, { tableName: tables.counters, slice, generation }))
    .map((update): Part => ['counter', update]);
}

export function transaction(parts: readonly Part[]): Transaction {
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

/** Time to live is in whole seconds: rounded up, so that nothing is forgotten early. */
function expiry(nowMs: number): { N: string } {
  return { N: String(Math.ceil(nowMs / 1000) + replayHorizonS) };
}
