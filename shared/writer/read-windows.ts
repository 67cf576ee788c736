import { allRows } from '../services/dynamodb/all-rows.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { countDistinct } from '../sinks/usage-windows/distinct.ts';
import { dayOf, fromItem, type UsageRow } from '../sinks/usage-windows/row.ts';
import { type CountedOp, countedOps } from '../sinks/usage-windows/window-state.ts';

/** A window of all shards. */
export interface UsageWindow {
  /** ISO 8601, whole seconds, UTC: when the records arrived, not when items were written. */
  readonly start: string;
  readonly end: string;
  readonly changes: Readonly<Record<CountedOp, number>>;
  /** An estimate, within about 1.6 %. */
  readonly active: number;
}

const dayMs = 86_400_000;

/**
 * The windows that begin from `fromMs` on and before `toMs` (epoch milliseconds), oldest first; those without a change
 * are left out. A window is there when it has ended, some minutes after its time when no more records come.
 */
export async function readWindows(
  dynamodb: DynamoDb,
  { tableName, fromMs, toMs }: { tableName: string; fromMs: number; toMs: number },
): Promise<readonly UsageWindow[]> {
  const days: string[] = [];
  for (let dayAtMs = fromMs - (fromMs % dayMs); dayAtMs < toMs; dayAtMs += dayMs) {
    days.push(dayOf(new Date(dayAtMs).toISOString()));
  }
  const range = { tableName, from: secondsText(fromMs), to: secondsText(toMs) };
  const rows = (await Promise.all(days.map((day) => readDay(dynamodb, { ...range, day })))).flat();
  return [...Map.groupBy(rows, ({ start }) => start).values()].flatMap(addUp);
}

async function readDay(
  dynamodb: DynamoDb,
  { tableName, day, from, to }: { tableName: string; day: string; from: string; to: string },
): Promise<readonly UsageRow[]> {
  const rows: UsageRow[] = [];
  const read = allRows((start) =>
    dynamodb.query({
      TableName: tableName,
      // A part begins with its window and goes on: it is above `to` already when it begins at `to`.
      KeyConditionExpression: '#day = :day AND #part BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#day': 'day', '#part': 'part' },
      ExpressionAttributeValues: { ':day': { S: day }, ':from': { S: from }, ':to': { S: to } },
      ConsistentRead: true,
      ...start,
    }),
  );
  for await (const row of read) rows.push(fromItem(row));
  return rows;
}

/** The rows of one window. */
function addUp(rows: readonly UsageRow[]): UsageWindow[] {
  const [first] = rows;
  if (first === undefined) return [];
  const changes = { insert: 0, modify: 0, remove: 0, expire: 0 };
  for (const row of rows) for (const op of countedOps) changes[op] += row.changes[op];
  const active = countDistinct(rows.flatMap((row) => row.active ?? []));
  return [{ start: first.start, end: first.end, changes, active }];
}

function secondsText(timeMs: number): string {
  // Up to the whole second: a window that begins before it does not begin from here on.
  return new Date(Math.ceil(timeMs / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}
