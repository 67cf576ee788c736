import { type BulkOperation, SearchServiceError, type StoredDocument } from '../../services/opensearch/port.ts';
import { changeMarkField } from '../../sinks/search-index/document.ts';
import { pace, patiently } from './patiently.ts';
import type { ReindexOptions } from './reindex-options.ts';
import type { ReindexState } from './reindex-state.ts';

/** Documents of a page, which is listed first. Pages go by time: there are never so many of one millisecond. */
const listedAtOnce = 5_000;
/** Documents that are held at once. Pages cannot be as small: more than these may bear one time. */
const copiedAtOnce = 500;

interface Copying {
  readonly from: string;
  readonly to: string;
  /** What changed from then on is in both, or on its way to both. Milliseconds since the epoch. */
  readonly belowMs: number;
  /** Where an earlier process left off; ISO 8601. */
  readonly copiedTo?: string;
  /** Whether a tombstone replaces what bears its own version, for it stands for a tie that was settled. */
  readonly settlesTies: boolean;
  readonly onCopied: (copiedTo: string) => Promise<void>;
}

/**
 * Copies what the current index holds from before the next one was written too, under the versions it has: tombstones,
 * and documents whose item is gone. (Those of items that are there are replaced by the scan.) What is younger went to
 * both.
 */
export async function copyDocuments(
  given: ReindexState,
  options: ReindexOptions,
  save: (state: ReindexState) => Promise<ReindexState>,
): Promise<ReindexState> {
  let state = given;
  const { current: from, other: to = '', startedAtMs, copiedTo } = given;
  await copyAll(
    {
      ...{ from, to, belowMs: startedAtMs + options.clockMarginMs, settlesTies: true },
      ...(copiedTo === undefined ? {} : { copiedTo }),
      onCopied: async (next) => {
        state = await save({ ...state, copiedTo: next });
      },
    },
    options,
  );
  return save({ ...state, step: 'scanning' });
}

/**
 * Copies what readers find in the new index into the old one where that has it older or not at all: the scan brought
 * items before their changes came. A process that is killed begins again.
 *
 * @returns how many documents that can be found the old index refuses
 */
export async function copyBack(
  indices: { readonly from: string; readonly to: string },
  options: ReindexOptions,
): Promise<number> {
  const belowMs = options.clock.nowMs() + options.clockMarginMs;
  // By the time of the call a tie may be settled there that is not settled here yet.
  return copyAll({ ...indices, belowMs, settlesTies: false, onCopied: async () => undefined }, options);
}

async function copyAll(copying: Copying, options: ReindexOptions): Promise<number> {
  const { search, admin, clock, report, region } = options;
  const { from: index } = copying;
  const below = new Date(copying.belowMs).toISOString();
  await admin.refresh(index);
  const total = await admin.count(index);
  let copiedTo = copying.copiedTo ?? new Date(0).toISOString();
  let [done, refused] = [0, 0];
  for (;;) {
    const field = `${changeMarkField}.changedAt`;
    const filters = [
      { field, from: copiedTo },
      { field, below },
    ];
    const listing = { index, filters, orderBy: field, limit: listedAtOnce, fields: [changeMarkField] };
    const page = await patiently(clock, () => search.search(listing));
    for (let at = 0; at < page.length; at += copiedAtOnce) {
      const startedAtMs = clock.nowMs();
      const ids = page.slice(at, at + copiedAtOnce).map(({ id }) => id);
      refused += await copySome(ids, { copying, options });
      done += ids.length;
      report({ region, step: 'copying', done, total });
      await pace(startedAtMs, ids.length, options);
    }
    const last = page.at(-1);
    if (last === undefined || page.length < listedAtOnce) return refused;
    const reached = String(markOf(last).changedAt);
    if (reached === copiedTo) throw new Error(`more than ${listedAtOnce} documents bear the time ${reached}`);
    copiedTo = reached;
    await copying.onCopied(copiedTo);
  }
}

/** Answers how many that can be found are refused. One that was swept since it was listed stays away. */
async function copySome(
  ids: readonly string[],
  { copying, options }: { readonly copying: Copying; readonly options: ReindexOptions },
): Promise<number> {
  const { search, clock } = options;
  const { from: index, to, belowMs } = copying;
  const held = await patiently(clock, () => search.get({ index, ids }));
  // What changed since it was listed went to both.
  const documents = [...held.values()].filter((stored) => Date.parse(String(markOf(stored).changedAt)) < belowMs);
  return patiently(clock, async () => {
    const results = await search.bulk(documents.map((stored) => copyOf(stored, copying)));
    const failed = results.find(({ status }) => status === 429 || status >= 500);
    if (failed !== undefined) {
      const { status, errorType = 'unknown' } = failed;
      throw new SearchServiceError({ action: `copy to ${to}`, status, errorType });
    }
    const isRefused = (_: StoredDocument, at: number) => (results[at]?.status ?? 500) === 400;
    return documents.filter((stored, at) => isRefused(stored, at) && !isTombstone(stored)).length;
  });
}

function copyOf(stored: StoredDocument, { to, settlesTies }: Pick<Copying, 'to' | 'settlesTies'>): BulkOperation {
  const { id, version, document } = stored;
  const versionType = settlesTies && isTombstone(stored) ? 'external_gte' : 'external';
  return { op: 'index', index: to, id, version, versionType, documentJson: JSON.stringify(document) };
}

/** Whether readers do not find the document. */
export function isTombstone(stored: StoredDocument): boolean {
  return markOf(stored).deleted === true;
}

function markOf({ document }: StoredDocument): { readonly deleted?: unknown; readonly changedAt?: unknown } {
  return Object(document[changeMarkField]);
}
