import { attempt } from '../../batch/attempt.ts';
import { forEachBounded } from '../../batch/bounded.ts';
import { deadlineNear } from '../../batch/deadline.ts';
import { FatalConfigError, PoisonRecordError } from '../../batch/errors.ts';
import type { NewestRequest, NewestSink, Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change, Position } from '../../change/change.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { compareSequenceNumbers } from '../../change/version.ts';
import { classify, isConditionFailed } from './classify.ts';
import type { ReplicaDependencies } from './dependencies.ts';
import { isForgotten } from './effects.ts';
import { itemOf } from './item-of.ts';
import { itemsAtOnce } from './sink.ts';

/** The item as it is after the change; without an image: it is gone. */
export interface CopyRequest {
  readonly image?: AttributeMap;
}

/** Attribute of a copy that says which change it stands for. */
export const orderAttribute = '_seq';

/** What a stream's sequence number has at most. @see DynamoDB Streams API Reference, "StreamRecord" */
const sequenceDigits = 40;

export function oneWayEffects(table: TableDefinition) {
  return (change: Change): CopyRequest | undefined => {
    if (isForgotten(change, table)) return undefined;
    return change.newImage === undefined ? {} : { image: change.newImage };
  };
}

/**
 * The table of the other region is a copy that only this sink writes: each item equals its newest change, in the order
 * of the stream. Deletions leave a tombstone, or a write that was held up would bring the item back.
 * Resolves when every request is durable; safe to call again, and for a killed call to land afterwards.
 */
export function createOneWaySink(dependencies: ReplicaDependencies): NewestSink<CopyRequest> {
  return {
    strategy: 'newest',
    compare: ({ position: a }, { position: b }) => compareSequenceNumbers(a.sequenceNumber, b.sequenceNumber),
    apply: async (requests, limits) => {
      const outcomes = new Map<NewestRequest<CopyRequest>, Outcome>();
      await forEachBounded(requests, itemsAtOnce, async (entry) => {
        const late = deadlineNear(limits);
        outcomes.set(entry, late === undefined ? await copyRequested(entry, dependencies) : retry(late));
      });
      return requests.map((entry) => outcomes.get(entry) ?? { kind: 'stale' });
    },
  };
}

async function copyRequested(
  { change, request }: NewestRequest<CopyRequest>,
  dependencies: ReplicaDependencies,
): Promise<Outcome> {
  const copied = { keys: change.keys, image: request.image, order: orderOf(change.position) };
  const result = await attempt(() => copy(copied, dependencies));
  return result.kind === 'done' ? { kind: result.value } : result;
}

function retry(error: Extract<Outcome, { readonly kind: 'retry' }>['error']): Outcome {
  return { kind: 'retry', error };
}

export interface Copied {
  readonly keys: AttributeMap;
  /** Absent: the item is gone. */
  readonly image: AttributeMap | undefined;
  readonly order: string;
  /** Also replaces a copy of the same order: for a snapshot, which stands for several changes. @default false */
  readonly replacesEqual?: boolean;
}

/** Writes the copy unless the one there is newer. */
export async function copy(
  copied: Copied,
  dependencies: ReplicaDependencies,
): Promise<'applied' | 'duplicate' | 'stale'> {
  const { table, remote } = dependencies;
  const { order, replacesEqual = false } = copied;
  try {
    await remote.dynamodb.putItem({
      TableName: remote.tableName,
      Item: itemOf(copyOf(copied, dependencies)),
      // A copy without order was there before replication began: whatever the stream says is newer.
      ConditionExpression: `attribute_not_exists(#order) OR #order ${replacesEqual ? '<=' : '<'} :order`,
      ExpressionAttributeNames: { '#order': orderAttribute },
      ExpressionAttributeValues: { ':order': { S: order } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return 'applied';
  } catch (error) {
    const refused = refusedBy(error);
    if (refused === undefined) throw classify(`copying an item of ${table.name} to ${remote.region}`, error);
    return refused === order ? 'duplicate' : 'stale'; // recovery: copy-refused
  }
}

function copyOf({ keys, image, order }: Copied, { table, clock }: ReplicaDependencies): AttributeMap {
  const mark = { [orderAttribute]: { S: order } };
  if (image !== undefined) return { ...image, ...mark };
  const { tombstoneAttribute, timeToLiveAttribute } = table;
  const expiry = { N: String(Math.ceil(clock.nowMs() / 1000) + replayHorizonS) };
  return {
    ...keys,
    [tombstoneAttribute]: { BOOL: true },
    ...(timeToLiveAttribute !== undefined && { [timeToLiveAttribute]: expiry }),
    ...mark,
  };
}

/**
 * A text whose order is that of the stream: the label, because sequence numbers start over when a stream is switched
 * off and on, then the sequence number as an integer of as many digits as it can have.
 */
export function orderOf({ streamArn, sequenceNumber }: Position): string {
  const digits = sequenceNumber.replace(/^0+(?=.)/, '');
  if (digits.length > sequenceDigits) {
    const problem = 'copies one way are ordered by the sequence numbers of a DynamoDB stream, and this is none';
    throw new FatalConfigError('configuration', `${streamArn}: ${problem}; read the table's stream, not Kinesis`);
  }
  const label = streamArn.slice(streamArn.lastIndexOf('/') + 1);
  return `${label}/${digits.padStart(sequenceDigits, '0')}`;
}

/** The order of the copy that refused the write; undefined when the error is something else. */
function refusedBy(error: unknown): string | undefined {
  if (!isConditionFailed(error)) return undefined;
  const standing = error.Item?.[orderAttribute]?.S;
  if (standing !== undefined) return standing;
  const problem = `the copy's ${orderAttribute} was not written by replication, so nothing can be newer than it`;
  throw new PoisonRecordError('sink-rejected', `replica: ${problem}`);
}
