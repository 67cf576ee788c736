import type { NewestSink, Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import type { DocumentWrite } from './sink.ts';

export interface SnapshotOptions {
  readonly sink: NewestSink<DocumentWrite>;
  /** Reads the item as it is now, consistently; undefined when it is gone. */
  readonly readItem: (keys: AttributeMap) => Promise<AttributeMap | undefined>;
  /** What the consumer makes of the change; undefined for what is none of its business. */
  readonly effects: (change: Change) => DocumentWrite | undefined;
  readonly region: string;
  /** Before the item is read, milliseconds since the epoch. */
  readonly nowMs: number;
}

/**
 * The clocks of AWS that date changes may differ from ours; a change that is dated up to so long before the read and is
 * not in the image that was read still wins.
 */
const clockMarginMs = 60_000;

/**
 * Brings the document of an item up to what the table holds now, under a version a minute before the read: any change
 * since then replaces it. It covers a change only if that is older; `tooYoung`: repeat it a minute later.
 */
export async function snapshotDocument(
  { keys, createdBeforeMs }: { readonly keys: AttributeMap; readonly createdBeforeMs: number },
  { sink, readItem, effects, region, nowMs }: SnapshotOptions,
): Promise<Outcome | { readonly kind: 'tooYoung' }> {
  const versionMs = nowMs - clockMarginMs;
  if (createdBeforeMs >= versionMs) return { kind: 'tooYoung' };
  const newImage = await readItem(keys);
  const microseconds = BigInt(Math.floor(versionMs)) * 1000n;
  const change: Change = {
    op: 'snapshot',
    source: 'table',
    keys,
    ...(newImage === undefined ? {} : { newImage }),
    position: { streamArn: 'snapshot', sequenceNumber: String(microseconds) },
    createdAt: { microseconds, precision: 'microsecond' },
    region,
  };
  const request = effects(change);
  if (request === undefined) return { kind: 'filtered' };
  const [outcome] = await sink.apply([{ change, request, tied: false, companions: [] }], {
    remainingMs: () => Number.POSITIVE_INFINITY,
  });
  return outcome ?? { kind: 'stale' };
}
