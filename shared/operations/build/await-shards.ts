import { readRecord } from '../../batch/read-record.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import { parseStreamRecord } from '../../change/from-stream.ts';
import { readPosition as positionOf } from '../../change/position.ts';
import { effectsWithoutTombstones } from '../../change/tombstone.ts';
import { compareSequenceNumbers } from '../../change/version.ts';
import { readPosition } from '../../sinks/aggregates/checkpoints.ts';
import type { AggregatesBuild } from './aggregates-build.ts';

/** A shard and the record that its position has to reach. */
interface Goal {
  readonly shard: ShardIdentity;
  readonly sequenceNumber: string;
}

/**
 * What each shard still has to count of what is in the stream now. Compares no clocks: a record that the scan may have
 * seen the effect of is in the stream by now. A shard that begins later holds later changes only.
 */
export async function goalsOf(build: AggregatesBuild): Promise<readonly Goal[]> {
  const goals: Goal[] = [];
  for (const shard of await build.source.stream.shards()) {
    const sequenceNumber = await lastUncounted(shard, build);
    if (sequenceNumber !== undefined) goals.push({ shard, sequenceNumber });
  }
  return goals;
}

/** The goals that are not reached yet. */
export async function unreached(
  goals: readonly Goal[],
  { aggregates }: Pick<AggregatesBuild, 'aggregates'>,
): Promise<readonly Goal[]> {
  const left: Goal[] = [];
  for (const goal of goals) {
    const position = await readPosition(goal.shard, aggregates);
    if (position === undefined || compareSequenceNumbers(position, goal.sequenceNumber) < 0) left.push(goal);
  }
  return left;
}

/** Records that add nothing do not move the position, so none of them can be a goal. */
async function lastUncounted(
  shard: ShardIdentity,
  { aggregates, source, effects }: AggregatesBuild,
): Promise<string | undefined> {
  const { region, definition } = source;
  const reading = {
    parse: (raw: unknown) => parseStreamRecord(raw, { region, shardId: shard.shardId }),
    effects: effectsWithoutTombstones(effects, definition),
  };
  let last: string | undefined;
  for await (const records of source.stream.read(shard, await readPosition(shard, aggregates))) {
    const counting = records.findLast((raw) => readRecord(raw, reading).kind !== 'filtered');
    last = (counting === undefined ? undefined : positionOf(counting)?.sequenceNumber) ?? last;
  }
  return last;
}
