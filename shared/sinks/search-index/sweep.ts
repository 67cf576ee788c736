import type { Clock } from '../../batch/clock.ts';
import type { Limits } from '../../batch/sink.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import type { BulkOperation, SearchService } from '../../services/opensearch/port.ts';
import { classifyCall } from './classify.ts';
import { changeMarkField } from './document.ts';

export interface SweepOptions {
  readonly search: SearchService;
  readonly index: string;
  readonly clock: Clock;
  /** Tombstones per request: at most 10,000. @default 5,000 */
  readonly pageSize?: number;
}

/**
 * How long a tombstone stays. A change that it has to stop may lie with its mapping for a day, then as a failure for
 * the replay horizon, and S3 is in no hurry to delete what has expired: a week on top covers all of that.
 */
export const tombstoneAgeS = replayHorizonS + 7 * 24 * 3600;

/** Searches see what was deleted until the index’s next refresh. */
const refreshMs = 2_000;

/** A page takes some seconds at most. */
const marginMs = 30_000;

/**
 * Deletes tombstones that are old enough, page after page. Each is deleted at its own version, so that an item which
 * was written again meanwhile stays. What is left when the time is up is there for the next run.
 *
 * @returns how many were deleted
 * @throws {PipelineError} when OpenSearch does not answer
 */
export async function sweepTombstones(
  { search, index, clock, pageSize = 5_000 }: SweepOptions,
  { remainingMs }: Limits,
): Promise<number> {
  const before = new Date(clock.nowMs() - tombstoneAgeS * 1000).toISOString();
  const filters = [
    { field: `${changeMarkField}.deleted`, equals: true },
    { field: `${changeMarkField}.changedAt`, below: before },
  ];
  let swept = 0;
  try {
    for (;;) {
      const tombstones = await search.search({ index, filters, limit: pageSize, fields: [changeMarkField] });
      const results = await search.bulk(
        tombstones.map(
          ({ id, version }): BulkOperation => ({
            ...{ op: 'delete', index, id, version },
            versionType: 'external_gte',
          }),
        ),
      );
      swept += results.filter(({ status }) => status === 200).length;
      if (tombstones.length < pageSize || remainingMs() < marginMs) return swept;
      await clock.sleep(refreshMs);
    }
  } catch (error) {
    throw classifyCall(error);
  }
}
