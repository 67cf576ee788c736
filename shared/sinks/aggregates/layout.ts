import { createHash } from 'node:crypto';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { InvariantError } from '../../batch/errors.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { keyText } from '../../change/key-text.ts';
import type { Counter, Group } from './total-definition.ts';

/**
 * Where everything is stored.
 *
 * Table `aggregates`, the counters:
 *
 *     slice (S)                       group (S)      count (N)  sum (N)
 *     <total>#<slice>                 <value>        items      exact sum, if the total has one
 *     <total>#invalid#<slice>         invalid        items      none
 *
 * Every counter is kept in 8 slices, chosen by the shard that the changes came through, so that shards rarely meet on
 * a hot row; readers add the slices up. A slice alone may be negative. Counters of a generation after the first have
 * `<total>@<generation>` for `<total>`; which one readers add up is in a row of its own, absent in the first:
 *
 *     generation                      readers        generation (N)
 *
 * Table `aggregates-checkpoints`, what makes each change count once:
 *
 *     scope (S)                       row (S)                   attributes
 *     <stream ARN>/<shard>            position                  last (S): last sequence number committed
 *     <stream ARN>/<shard>            cut#<last, padded>        first, last (S), notCounted (L of S), expiresAt (N)
 *     <stream ARN>/<shard>            marker#<record, padded>   expiresAt (N)
 *     slice/<slice>                   phase                     phase (S), generation (N), next (N)
 *     items/<generation>/<00..ff>     <hash of the item's key>  counted (S): what the item adds to that generation
 *     build                           state                     see `generations.ts`
 *
 * The stream ARN has the stream's label: a stream switched off and on again starts over. Sequence numbers are padded
 * to 40 digits, the longest that DynamoDB Streams gives, so that text order is number order: the cut that covers a
 * record is the first one whose `last` is not below it. An absent phase row means `live`, generation 1.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_StreamRecord.html
 */
export const SLICES = 8;
export const SEQUENCE_DIGITS = 40;

type Key = Record<string, AttributeValue>;

/** FNV-1a: spreads shard ids that differ in a digit only. */
export function sliceOf(shard: ShardIdentity): number {
  let hash = 0x811c9dc5;
  for (const character of scopeOf(shard)) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash % SLICES;
}

/** Which copy of a counter. */
export interface CounterPlace {
  readonly slice: number;
  readonly generation: number;
}

export function counterKey({ total, group }: Counter, place: CounterPlace): Key {
  return {
    slice: { S: counterPartition({ total, kind: group.kind, ...place }) },
    group: { S: group.kind === 'value' ? group.value : 'invalid' },
  };
}

export function counterPartition(options: CounterPlace & { total: string; kind: Group['kind'] }): string {
  const { total, kind, slice, generation } = options;
  const name = generation === 1 ? total : `${total}@${generation}`;
  return kind === 'value' ? `${name}#${slice}` : `${name}#invalid#${slice}`;
}

export const readersKey: Key = { slice: { S: 'generation' }, group: { S: 'readers' } };

export const buildKey: Key = { scope: { S: 'build' }, row: { S: 'state' } };

/** Partitions of what the items of a generation add. */
export const ITEM_BUCKETS = 256;

/** Hashed, because a key may be longer than a key can be here, and may be personal. */
export function itemKey(keys: AttributeMap, generation: number): Key {
  const hash = createHash('sha256').update(keyText(keys)).digest('hex');
  return { scope: { S: itemScope(generation, Number.parseInt(hash.slice(0, 2), 16)) }, row: { S: hash } };
}

export function itemScope(generation: number, bucket: number): string {
  return `items/${generation}/${bucket.toString(16).padStart(2, '0')}`;
}

export function scopeOf({ streamArn, shardId }: ShardIdentity): string {
  return `${streamArn}/${shardId}`;
}

export function positionKey(shard: ShardIdentity): Key {
  return { scope: { S: scopeOf(shard) }, row: { S: 'position' } };
}

export function cutKey(shard: ShardIdentity, last: string): Key {
  return { scope: { S: scopeOf(shard) }, row: { S: cutRow(last) } };
}

export function markerKey(shard: ShardIdentity, sequenceNumber: string): Key {
  return { scope: { S: scopeOf(shard) }, row: { S: `marker#${padded(sequenceNumber)}` } };
}

export function phaseKey(slice: number): Key {
  return { scope: { S: `slice/${slice}` }, row: { S: 'phase' } };
}

export function cutRow(last: string): string {
  return `cut#${padded(last)}`;
}

function padded(sequenceNumber: string): string {
  if (!/^\d{1,40}$/.test(sequenceNumber)) {
    throw new InvariantError(
      'invariant',
      `a sequence number is 1 to ${SEQUENCE_DIGITS} digits, not "${sequenceNumber}"`,
    );
  }
  return sequenceNumber.padStart(SEQUENCE_DIGITS, '0');
}
