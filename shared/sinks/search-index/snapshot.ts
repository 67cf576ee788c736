import type { NewestRequest, NewestSink, Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import type { DocumentWrite } from './sink.ts';

export interface SnapshotOptions {
  readonly sink: NewestSink<DocumentWrite>;
  /** What the consumer makes of the change; undefined for what is none of its business. */
  readonly effects: (change: Change) => DocumentWrite | undefined;
  readonly region: string;
  /** Before the items are read, milliseconds since the epoch. */
  readonly nowMs: number;
}

/** An item as it was read, consistently; without an image: it is gone. */
export interface SnapshotItem {
  readonly keys: AttributeMap;
  readonly image?: AttributeMap;
}

/**
 * The clocks of AWS that date changes may differ from ours; a change that is dated up to so long before the read and is
 * not in the image that was read still wins.
 */
const clockMarginMs = 60_000;

/**
 * Brings the document of an item up to what the table holds now. It covers a change only if that is older than the
 * snapshot's version; `tooYoung`: repeat it a minute later.
 */
export async function snapshotDocument(
  { keys, createdBeforeMs }: { readonly keys: AttributeMap; readonly createdBeforeMs: number },
  options: SnapshotOptions & {
    /** Reads the item as it is now, consistently; undefined when it is gone. */
    readonly readItem: (keys: AttributeMap) => Promise<AttributeMap | undefined>;
  },
): Promise<Outcome | { readonly kind: 'tooYoung' }> {
  if (createdBeforeMs >= options.nowMs - clockMarginMs) return { kind: 'tooYoung' };
  const image = await options.readItem(keys);
  const [outcome] = await snapshotDocuments([{ keys, ...(image === undefined ? {} : { image }) }], options);
  return outcome ?? { kind: 'stale' };
}

/**
 * Brings documents up to what was read, under a version a minute before the read: any change since then replaces it.
 * One outcome for each item, in order; keys are distinct.
 *
 * @throws {PipelineError} as the sink does; `effects` may throw as well
 */
export async function snapshotDocuments(
  items: readonly SnapshotItem[],
  { sink, effects, region, nowMs }: SnapshotOptions,
): Promise<readonly Outcome[]> {
  const requests = items.map(({ keys, image }): NewestRequest<DocumentWrite> | undefined => {
    const change = snapshotOf(keys, { image, region, microseconds: BigInt(Math.floor(nowMs - clockMarginMs)) * 1000n });
    const request = effects(change);
    return request && { change, request, tied: false, companions: [] };
  });
  const sent = requests.filter((request) => request !== undefined);
  const applied = await sink.apply(sent, { remainingMs: () => Number.POSITIVE_INFINITY });
  const outcomes = new Map(sent.map((request, at) => [request, applied[at]]));
  return requests.map((request) =>
    request === undefined ? { kind: 'filtered' } : (outcomes.get(request) ?? { kind: 'stale' }),
  );
}

function snapshotOf(
  keys: AttributeMap,
  of: { readonly image: AttributeMap | undefined; readonly region: string; readonly microseconds: bigint },
): Change {
  const { image, region, microseconds } = of;
  return {
    op: 'snapshot',
    source: 'table',
    keys,
    ...(image === undefined ? {} : { newImage: image }),
    position: { streamArn: 'snapshot', sequenceNumber: String(microseconds) },
    createdAt: { microseconds, precision: 'microsecond' },
    region,
  };
}
