import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import type { FaultCounter } from '../faults/fault-book.ts';
import type { RegionServices } from '../world/region.ts';

/**
 * A table of the other region that takes note of versions which meet under clocks that differ: whenever the one that
 * is sent finds another there, of which clock in truth was the later one may not be what their stamps say.
 */
export function notingSkew(
  remote: DynamoDb,
  { here, there, faults }: { here: RegionServices; there: RegionServices; faults: FaultCounter },
): DynamoDb {
  if (here.skewMs === there.skewMs) return remote;
  const trueMicroseconds = (stamp: string) => {
    const isFromHere = stamp.replace(/_+$/, '').endsWith(`/${here.name}`);
    return Number(stamp.slice(0, stamp.indexOf('/'))) - (isFromHere ? here : there).skewMs * 1000;
  };
  return {
    ...remote,
    putItem: async (input) => {
      try {
        return await remote.putItem(input);
      } catch (error) {
        const [sent, standing] = [input.Item?._v?.S, standingIn(error)];
        if (sent !== undefined && standing !== undefined && sent !== standing) {
          const isOtherwise = sent > standing !== trueMicroseconds(sent) > trueMicroseconds(standing);
          faults.reaches('clock-skew', 'replicator');
          if (isOtherwise) faults.changes('clock-skew', 'replicator');
        }
        throw error;
      }
    },
  };
}

/** The stamp of the item that refused the write. */
function standingIn(error: unknown): string | undefined {
  const item: unknown = typeof error === 'object' && error !== null ? Reflect.get(error, 'Item') : undefined;
  const stamp: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, '_v') : undefined;
  const text: unknown = typeof stamp === 'object' && stamp !== null ? Reflect.get(stamp, 'S') : undefined;
  return typeof text === 'string' ? text : undefined;
}
