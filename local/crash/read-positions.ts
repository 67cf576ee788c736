import { filePositions, type ShardPosition } from '@tributary/event-source-mapping';
import { readPosition } from '../engines/kinesis-destination/destination-position.ts';
import { laptopRegistry } from '../pipeline/laptop-registry.ts';
import { emailRegion, type RegionName } from '../pipeline/names.ts';
import { kinesisDestination, positionFileOf } from '../pipeline/pipeline-options.ts';

/** Last sequence number passed, by shard. */
export type PassedShards = ReadonlyMap<string, string>;

/** Of the mappings of a region, by consumer, as a start after a kill would find them. */
export async function readPositions(folder: string, region: RegionName): Promise<ReadonlyMap<string, PassedShards>> {
  const mapped = laptopRegistry.filter(
    (definition) => 'strategy' in definition && (definition.runsIn !== 'emailRegion' || region === emailRegion),
  );
  const read = mapped.map(async ({ name: consumer }) => {
    const positions = await filePositions({ path: positionFileOf(folder, { consumer, region }) }).load();
    return [consumer, passedShards(positions?.shards ?? {})] as const;
  });
  return new Map(await Promise.all(read));
}

export async function readDestinationPosition(folder: string, region: RegionName): Promise<PassedShards> {
  const position = await readPosition(positionFileOf(folder, { consumer: kinesisDestination, region }));
  return new Map(Object.entries(position?.shards ?? {}));
}

function passedShards(shards: Readonly<Record<string, ShardPosition>>): PassedShards {
  return new Map(
    Object.entries(shards).flatMap(([shardId, position]) =>
      position.kind === 'after' ? [[shardId, position.sequenceNumber]] : [],
    ),
  );
}
