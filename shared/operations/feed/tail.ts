import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change, Op } from '../../change/change.ts';
import { keyText } from '../../change/key-text.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { withoutTombstones } from '../../change/tombstone.ts';
import { changeIn } from '../explain/failures-of.ts';
import { type Feed, type FeedStart, follow } from './feed.ts';

/** Which changes are told; what is absent does not narrow them down. */
export interface TailFilter {
  readonly keys?: AttributeMap;
  readonly op?: Op;
  /** An attribute that has this text, number or truth value before or after the change. */
  readonly attributes: readonly { readonly name: string; readonly value: string }[];
}

export interface TailOptions {
  readonly feed: Feed;
  readonly from: FeedStart;
  readonly filter: TailFilter;
  readonly table: TableDefinition;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface ToldChange {
  readonly region: string;
  readonly shardId: string;
  readonly sequenceNumber: string;
  /** ISO 8601. */
  readonly arrivedAt: string;
  /** Absent for a record that cannot be read. */
  readonly change?: Change;
}

/**
 * Changes as they come, tombstones as the deletions that they are. What cannot be read passes no filter and is told
 * when there is none. Kinesis repeats records and changes their order: so does this.
 */
export async function* tail(options: TailOptions): AsyncGenerator<ToldChange> {
  const { feed, filter, table } = options;
  for await (const { shardId, records } of follow(feed, options)) {
    for (const { sequenceNumber, arrivalMs, record } of records) {
      const told = { region: feed.region, shardId, sequenceNumber, arrivedAt: new Date(arrivalMs).toISOString() };
      const read = changeIn(record, feed.region);
      const change = read && withoutTombstones(read, table);
      if (read === undefined && isOpen(filter)) yield told;
      if (change !== undefined && passes(change, filter)) yield { ...told, change };
    }
  }
}

function isOpen({ keys, op, attributes }: TailFilter): boolean {
  return keys === undefined && op === undefined && attributes.length === 0;
}

function passes(change: Change, { keys, op, attributes }: TailFilter): boolean {
  const { oldImage = {}, newImage = {} } = change;
  return (
    (keys === undefined || keyText(change.keys) === keyText(keys)) &&
    (op === undefined || change.op === op) &&
    attributes.every(({ name, value }) => [oldImage, newImage].some((image) => textOf(image[name]) === value))
  );
}

function textOf(value: unknown): string | undefined {
  const [type, plain] = Object.entries(Object(value))[0] ?? [];
  return type === 'S' || type === 'N' || type === 'BOOL' ? String(plain) : undefined;
}
