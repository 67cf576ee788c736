import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { TumblingWindow } from '../../batch/sink.ts';
import { type CountedOp, countedOps, type WindowCounts } from './window-state.ts';

/** One shard's share of a window, or a part of it where the window was ended early. */
export interface UsageRow {
  readonly start: string;
  readonly end: string;
  readonly changes: Readonly<Record<CountedOp, number>>;
  readonly active?: Uint8Array;
}

type Item = Record<string, AttributeValue>;

/** How long rows are kept after their window. */
const keptDays = 90;

/**
 * `day` and `part` (window, shard, first record) are the key. A window that Lambda ends early goes on with an empty
 * state: its parts begin with different records, so they are different rows.
 */
export function toItem({ shardId, start, end }: TumblingWindow, { first, changes, active }: WindowCounts): Item {
  const counts = Object.fromEntries(countedOps.map((op): [string, AttributeValue] => [op, { N: `${changes[op]}` }]));
  return {
    day: { S: dayOf(start) },
    part: { S: `${start}#${shardId}#${first}` },
    start: { S: start },
    end: { S: end },
    ...counts,
    total: { N: `${countedOps.reduce((sum, op) => sum + changes[op], 0)}` },
    ...(active === undefined ? {} : { active: { B: active } }),
    expiresAt: { N: `${Date.parse(end) / 1000 + keptDays * 86_400}` },
  };
}

export function fromItem(item: Item): UsageRow {
  const count = (op: CountedOp): number => Number(item[op]?.N ?? 0);
  return {
    start: item.start?.S ?? '',
    end: item.end?.S ?? '',
    changes: { insert: count('insert'), modify: count('modify'), remove: count('remove'), expire: count('expire') },
    ...(item.active?.B === undefined ? {} : { active: item.active.B }),
  };
}

/** `2026-01-01`, of a time in ISO 8601. */
export function dayOf(time: string): string {
  return time.slice(0, 10);
}
