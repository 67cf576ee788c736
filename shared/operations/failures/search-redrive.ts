import { parseKinesisRecord } from '../../change/from-kinesis.ts';
import { replayHorizonS } from '../../change/replay-horizon.ts';
import type { Services } from '../../runtime/services.ts';
import { snapshotDocument } from '../../sinks/search-index/snapshot.ts';
import type { Redrive } from './redrive.ts';
import { oneByOne } from './trouble.ts';
import type { FailedRecord, Verdict } from './verdict.ts';

interface SearchRedriveOptions {
  readonly services: Services;
  /** Through the consumer's handler, where versions keep what is newer. */
  readonly live: Redrive;
  readonly snapshot: Pick<Parameters<typeof snapshotDocument>[1], 'sink' | 'readItem' | 'effects'>;
}

/**
 * Failures of a search index: within the replay horizon as they are; older ones, whose deletions may have been swept
 * from the index already, as a snapshot of the item.
 */
export function searchRedrive({ services, live, snapshot }: SearchRedriveOptions): Redrive {
  const { clock, config } = services;

  async function redriveOne(failed: FailedRecord): Promise<Verdict> {
    const change = parsed(failed.record, config.region);
    const createdAtMs = change === undefined ? undefined : Number(change.createdAt.microseconds / 1000n);
    const nowMs = clock.nowMs();
    const isOld = createdAtMs !== undefined && nowMs >= createdAtMs + replayHorizonS * 1000;
    if (change === undefined || !isOld) return (await live.records([failed]))[0] ?? { kind: 'unresolved' };
    const outcome = await snapshotDocument(
      { keys: change.keys, createdBeforeMs: createdAtMs },
      { ...snapshot, region: config.region, nowMs },
    );
    switch (outcome.kind) {
      case 'tooYoung':
      case 'retry':
        return { kind: 'unresolved', reason: 'its destination did not take it: redrive it again' };
      case 'poison':
        return { kind: 'deadLettered', reason: outcome.error.code };
      default:
        return { kind: outcome.kind };
    }
  }

  const redrive = (failed: readonly FailedRecord[]) => oneByOne(failed, redriveOne);
  return { records: redrive, batch: redrive };
}

/** Undefined for what cannot be read: the handler then says what is wrong with it. */
function parsed(record: unknown, region: string) {
  try {
    return parseKinesisRecord(record, { region });
  } catch {
    return undefined;
  }
}
