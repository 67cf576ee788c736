import { forEachBounded } from '../../batch/bounded.ts';
import { deadLetterPrefix, getDeadLetter, type StoredDeadLetter } from '../../runtime/dead-letters.ts';
import type { TargetRegion } from '../target.ts';
import { type FailureFilter, passes } from './failure-filter.ts';

export interface ListedLetter {
  readonly region: string;
  readonly key: string;
  readonly letter: StoredDeadLetter;
}

const readsAtOnce = 16;

/** The dead letters of a region that pass the filter, by key: consumer, stream, shard, sequence number. */
export async function listDeadLetters(
  region: Pick<TargetRegion, 'name' | 'failures'>,
  filter: FailureFilter,
): Promise<readonly ListedLetter[]> {
  if (filter.region !== undefined && filter.region !== region.name) return [];
  const { consumer } = filter;
  const keys = await region.failures.list(consumer === undefined ? 'dead-letters/' : deadLetterPrefix(consumer));
  const wanted = filter.keys === undefined ? keys : keys.filter((key) => filter.keys?.includes(key));
  const found = new Map<string, ListedLetter>();
  await forEachBounded(wanted, readsAtOnce, async (key) => {
    const letter = await getDeadLetter(region.failures, key);
    // Forgotten between the listing and now.
    if (letter === undefined) return;
    if (passes(filterable(key, letter), filter)) found.set(key, { region: region.name, key, letter });
  });
  return wanted.flatMap((key) => found.get(key) ?? []);
}

function filterable(key: string, { consumer, error, firstSeenAt, lastSeenAt, state }: StoredDeadLetter) {
  const times = { firstAtMs: Date.parse(firstSeenAt), lastAtMs: Date.parse(lastSeenAt) };
  return { key, consumer, code: error.code, state, ...times };
}
