import { PoisonRecordError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { keyText } from '../../change/key-text.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import { type Stamp, stampParts } from '../../change/stamp.ts';
import { classify, isConditionFailed } from './classify.ts';
import type { Certainty, ReplicaDependencies } from './dependencies.ts';
import { itemOf } from './item-of.ts';

/** A version of an item that another one, written without having seen it, is about to replace. */
export interface Conflict {
  readonly keys: AttributeMap;
  readonly loser: Version;
  readonly winner: Version;
  readonly certainty: Certainty;
}

interface Version {
  readonly stamp: Stamp;
  readonly image: AttributeMap;
}

/**
 * Keeps the losing version: both images as maps, so that a person can merge them. Written before the winner replaces
 * it: afterwards a repeated delivery would find the winner and nothing to keep. One row for each lost version, the
 * first that was written. A replacement that then does not come about leaves a row too many, never one too few.
 */
export async function keepLoser(conflict: Conflict, dependencies: ReplicaDependencies): Promise<void> {
  const row = rowOf(conflict, dependencies.clock.nowMs());
  const { winner: _winner, ...withoutWinner } = row;
  // Two large items do not fit into one: then the winner's image is only where it wins.
  const isNew = (await putRow(row, dependencies)) ?? (await putRow(withoutWinner, dependencies));
  if (isNew === undefined) {
    throw new PoisonRecordError('sink-rejected', 'replica: the version that would be lost is too large to be kept');
  }
  if (isNew) dependencies.observe({ kind: 'conflict', certainty: conflict.certainty });
}

/** Whether the row is a new one; undefined: DynamoDB takes no such row. */
async function putRow(row: AttributeMap, { conflicts }: ReplicaDependencies): Promise<boolean | undefined> {
  const { dynamodb, tableName: TableName } = conflicts;
  try {
    await dynamodb.putItem({
      TableName,
      Item: itemOf(row),
      ConditionExpression: 'attribute_not_exists(#item)',
      ExpressionAttributeNames: { '#item': 'item' },
    });
    return true;
  } catch (error) {
    if (isConditionFailed(error)) return false;
    const failure = classify('keeping the version that lost', error);
    if (failure.disposition === 'deadLetter') return undefined;
    throw failure;
  }
}

function rowOf({ keys, loser, winner, certainty }: Conflict, nowMs: number): AttributeMap {
  return {
    item: { S: keyText(keys) },
    version: { S: loser.stamp },
    keys: { M: keys },
    loser: { M: loser.image },
    loserRegion: { S: stampParts(loser.stamp).region },
    winner: { M: winner.image },
    winnerVersion: { S: winner.stamp },
    winnerRegion: { S: stampParts(winner.stamp).region },
    reason: { S: reasonOf(loser.stamp, winner.stamp) },
    certainty: { S: certainty },
    recordedAt: { S: new Date(nowMs).toISOString() },
    expiresAt: { N: String(Math.ceil(nowMs / 1000) + replayHorizonS) },
  };
}

/** Which part of the stamps decided. */
function reasonOf(loser: Stamp, winner: Stamp): 'later clock' | 'higher counter' | 'higher region name' {
  const [lost, won] = [stampParts(loser), stampParts(winner)];
  if (lost.microseconds !== won.microseconds) return 'later clock';
  return lost.counter === won.counter ? 'higher region name' : 'higher counter';
}
