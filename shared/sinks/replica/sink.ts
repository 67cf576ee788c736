import { attempt } from '../../batch/attempt.ts';
import { forEachBounded } from '../../batch/bounded.ts';
import { deadlineNear } from '../../batch/deadline.ts';
import type { Entry, Limits, NewestRequest, NewestSink, Outcome } from '../../batch/sink.ts';
import type { Change } from '../../change/change.ts';
import { type Stamp, stampOf, stampParts } from '../../change/stamp.ts';
import { nowMicroseconds, type ReplicaDependencies } from './dependencies.ts';
import { activeActiveEffects, highest, type ReplicaRequest } from './effects.ts';
import { ensureAbove } from './home.ts';
import { createItemStore, type ItemStore } from './item-store.ts';
import { send } from './send.ts';

/** Items at once: what bounds a batch is the way to the other region and back. */
export const itemsAtOnce = 16;

export interface Stores {
  readonly home: ItemStore;
  readonly remote: ItemStore;
}

/**
 * Two tables that are both written to converge to the same items, the highest stamp of each.
 *
 * For each item of a batch one version is sent, the highest that was stamped here, and every change that has no stamp
 * of its own is answered for at home, also when it is not the last one. Resolves when both are durable; safe to call
 * again with the same requests, and for a killed call to land afterwards: every write states what it may replace.
 */
export function createActiveActiveSink(dependencies: ReplicaDependencies): NewestSink<ReplicaRequest> {
  const { table, home, remote } = dependencies;
  const requestOf = activeActiveEffects({ table, region: home.region });
  const stores = { home: createItemStore(home, table), remote: createItemStore(remote, table) };
  return {
    strategy: 'newest',
    compare: (a, b) => compareStamps(sentStamp(requestOf(a)), sentStamp(requestOf(b))),
    apply: async (requests, limits) => {
      observeClocks(requests, dependencies);
      const outcomes = new Map<NewestRequest<ReplicaRequest>, Outcome>();
      await forEachBounded(requests, itemsAtOnce, async (request) => {
        outcomes.set(request, await settle(request, { ...dependencies, stores, limits }));
      });
      return requests.map((request) => outcomes.get(request) ?? { kind: 'stale' });
    },
  };
}

type SettleOptions = ReplicaDependencies & { readonly stores: Stores; readonly limits: Limits };

async function settle(entry: NewestRequest<ReplicaRequest>, options: SettleOptions): Promise<Outcome> {
  const late = deadlineNear(options.limits);
  if (late !== undefined) return { kind: 'retry', error: late };
  const result = await attempt(() => settleItem(entry, options));
  return result.kind === 'done' ? { kind: result.value } : result;
}

/** Home first: it must not wait for a region that cannot be reached. */
async function settleItem(
  { change, request, companions }: NewestRequest<ReplicaRequest>,
  options: SettleOptions,
): Promise<'applied' | 'duplicate' | 'stale'> {
  const { keys } = change;
  const { stores } = options;
  const entries = [{ change, request }, ...companions];
  const answered = await answerAtHome(entries, { ...options, store: stores.home });
  if (request.kind === 'home') return answered;
  const ancestors = ancestorsOf(
    entries.map((entry) => entry.change),
    options,
  );
  return send({ ...request, keys, ancestors }, { ...options, store: stores.remote });
}

/** All unstamped changes of an item at once: above the highest of their stamps is above each. */
export async function answerAtHome(
  entries: readonly Entry<ReplicaRequest>[],
  options: ReplicaDependencies & { readonly store: ItemStore },
): Promise<'applied' | 'stale'> {
  const unstamped = entries.flatMap(({ change, request }) => (request.kind === 'home' ? [{ change, request }] : []));
  const [first] = unstamped;
  if (first === undefined) return 'stale';
  const above = highest(unstamped.map(({ request }) => request.above));
  return ensureAbove({ keys: first.change.keys, above }, options);
}

/** What the changes of an item replaced here, and their winner knows. */
export function ancestorsOf(changes: readonly Change[], { table }: ReplicaDependencies): readonly Stamp[] {
  const stamps = changes.flatMap(({ oldImage }) => stampOf(oldImage, table.versionAttribute) ?? []);
  return [...new Set(stamps)];
}

function sentStamp(request: ReplicaRequest | undefined): Stamp | undefined {
  return request?.kind === 'send' ? request.stamp : undefined;
}

/** What is not sent comes before everything that is. */
function compareStamps(a: Stamp | undefined, b: Stamp | undefined): number {
  if (a === b) return 0;
  if (a === undefined) return -1;
  return b === undefined || a > b ? 1 : -1;
}

function observeClocks(requests: readonly NewestRequest<ReplicaRequest>[], dependencies: ReplicaDependencies): void {
  const stamp = highest([undefined, ...requests.map(({ request }) => sentStamp(request))]);
  if (stamp === undefined) return;
  const aheadMs = Number((stampParts(stamp).microseconds - nowMicroseconds(dependencies)) / 1000n);
  if (aheadMs > 0) dependencies.observe({ kind: 'clockAhead', aheadMs });
}
