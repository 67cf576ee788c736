import type { Clock } from '../../batch/clock.ts';
import { isPipelineError } from '../../batch/errors.ts';
import type { Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { type BulkOperation, SearchServiceError, type StoredDocument } from '../../services/opensearch/port.ts';
import { changeMarkField } from '../../sinks/search-index/document.ts';
import { createSearchIndexSink, type DocumentWrite } from '../../sinks/search-index/sink.ts';
import type { ReindexOptions } from './reindex-options.ts';
import type { ReindexState } from './reindex-state.ts';

/** Documents of one request. Pages go by time: there are never so many of one millisecond. */
const copiedAtOnce = 5_000;
const scannedAtOnce = 500;

type Save = (state: ReindexState) => Promise<ReindexState>;

/**
 * Copies what the current index holds from before the next one was written too, under the versions it has: tombstones,
 * and documents whose item is gone. (Those of items that are there are replaced by the scan.) What is younger went to
 * both. A tombstone also replaces what is there under its own version, for there it stands for a tie that was settled.
 */
export async function copyDocuments(given: ReindexState, options: ReindexOptions, save: Save): Promise<ReindexState> {
  const { search, admin, clock, report, region } = options;
  const { current, other: next = '' } = given;
  const below = new Date(given.startedAtMs + options.clockMarginMs).toISOString();
  await admin.refresh(current);
  const total = await admin.count(current);
  let state = given;
  let done = 0;
  for (;;) {
    const startedAtMs = clock.nowMs();
    const field = `${changeMarkField}.changedAt`;
    const from = state.copiedTo ?? new Date(0).toISOString();
    const filters = [
      { field, from },
      { field, below },
    ];
    const page = await patiently(clock, () =>
      search.search({ index: current, filters, orderBy: field, limit: copiedAtOnce }),
    );
    await patiently(clock, async () => {
      const results = await search.bulk(page.map((stored) => copyOf(stored, next)));
      const failed = results.find(({ status }) => status === 429 || status >= 500);
      if (failed === undefined) return;
      const { status, errorType = 'unknown' } = failed;
      throw new SearchServiceError({ action: `copy to ${next}`, status, errorType });
    });
    done += page.length;
    report({ region, step: 'copying', done, total });
    const last = page.at(-1);
    if (last === undefined || page.length < copiedAtOnce) return save({ ...state, step: 'scanning' });
    const copiedTo = String(markOf(last).changedAt);
    if (copiedTo === from) throw new Error(`more than ${copiedAtOnce} documents bear the time ${copiedTo}`);
    state = await save({ ...state, copiedTo });
    await pace(startedAtMs, page.length, options);
  }
}

function copyOf(stored: StoredDocument, index: string): BulkOperation {
  const { id, version, document } = stored;
  const versionType = markOf(stored).deleted === true ? 'external_gte' : 'external';
  return { op: 'index', index, id, version, versionType, documentJson: JSON.stringify(document) };
}

/** Brings every item of the table into the next index, under a version from before it was read. */
export async function scanItems(given: ReindexState, options: ReindexOptions, save: Save): Promise<ReindexState> {
  const { source, clock, report, region, admin } = options;
  const { current, other: next = '' } = given;
  const total = await admin.count(current);
  let state = given;
  let done = 0;
  for (;;) {
    const startedAtMs = clock.nowMs();
    const { Items = [], LastEvaluatedKey } = await source.dynamodb.scan({
      TableName: source.tableName,
      ConsistentRead: true,
      Limit: scannedAtOnce,
      ...(state.scannedTo === undefined ? {} : { ExclusiveStartKey: toItem(state.scannedTo) }),
    });
    const refused = await writeItems(Items.map(toImage), { startedAtMs, current, next }, options);
    done += Items.length;
    report({ region, step: 'scanning', done, total });
    const all = state.refused + refused;
    if (LastEvaluatedKey === undefined) return save({ ...state, step: 'filled', refused: all });
    state = await save({ ...state, scannedTo: toImage(LastEvaluatedKey), refused: all });
    await pace(startedAtMs, Items.length, options);
  }
}

/** Answers how many of them the next index refuses although the current one has them. */
async function writeItems(
  images: readonly AttributeMap[],
  page: { readonly startedAtMs: number; readonly current: string; readonly next: string },
  options: ReindexOptions,
): Promise<number> {
  const { search, source, effects, fieldsOf, clock } = options;
  const sink = createSearchIndexSink({
    ...{ search, fieldsOf, indices: async () => [page.next] },
    // Two reads of one item can bear one version: whatever is there now is newer than both.
    readItem: async (keys) => {
      const { tableName: TableName, definition } = source;
      const { Item } = await source.dynamodb.getItem({ TableName, Key: toItem(keys), ConsistentRead: true });
      return Item === undefined ? undefined : liveImage(toImage(Item), definition);
    },
  });
  const requests = images.flatMap((image) => {
    const change = snapshotOf(image, page.startedAtMs, options);
    const request = readable(() => effects(change));
    return request === undefined ? [] : [{ change, request, tied: false, companions: [] }];
  });
  const limits = { remainingMs: () => Number.POSITIVE_INFINITY };
  const outcomes = await patiently(clock, async () => {
    const answered = await sink.apply(requests, limits);
    for (const outcome of answered) if (outcome.kind === 'retry') throw outcome.error;
    return answered;
  });
  const isPoison = (_: unknown, at: number) => (outcomes[at] as Outcome | undefined)?.kind === 'poison';
  const ids = requests.filter(isPoison).map(({ request }) => request.id);
  const held = await patiently(clock, () =>
    search.get({ index: page.current, ids, fields: [`${changeMarkField}.deleted`] }),
  );
  return [...held.values()].filter((stored) => markOf(stored).deleted !== true).length;
}

/** An item that cannot be indexed keeps the document that it has: it was copied, or both indices were written. */
function readable(effects: () => DocumentWrite | undefined): DocumentWrite | undefined {
  try {
    return effects();
  } catch (error) {
    if (error instanceof InvalidRecordError) return undefined;
    throw error;
  }
}

function snapshotOf(image: AttributeMap, readAtMs: number, options: ReindexOptions): Change {
  const { region, clockMarginMs, source } = options;
  const newImage = liveImage(image, source.definition);
  const microseconds = BigInt(Math.floor(readAtMs - clockMarginMs)) * 1000n;
  return {
    ...{ op: 'snapshot', source: 'table', keys: keysOf(image, source.definition), region },
    ...(newImage === undefined ? {} : { newImage }),
    position: { streamArn: 'snapshot', sequenceNumber: String(microseconds) },
    createdAt: { microseconds, precision: 'microsecond' },
  };
}

function keysOf(image: AttributeMap, { partitionKey, sortKey }: TableDefinition): AttributeMap {
  const names = [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])];
  return Object.fromEntries(Object.entries(image).filter(([name]) => names.includes(name)));
}

function markOf({ document }: StoredDocument): { readonly deleted?: unknown; readonly changedAt?: unknown } {
  return Object(document[changeMarkField]);
}

async function pace(startedAtMs: number, count: number, { clock, itemsPerS }: ReindexOptions): Promise<void> {
  const restMs = itemsPerS === undefined ? 0 : (count / itemsPerS) * 1000 - (clock.nowMs() - startedAtMs);
  if (restMs > 0) await clock.sleep(Math.ceil(restMs));
}

const longestPauseMs = 10_000;
const mostAttempts = 12;

/** Waits, longer and longer, while the search service has too much to do; afterwards the command can be run again. */
async function patiently<Result>(clock: Clock, work: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      const passes = isPipelineError(error) ? error.disposition === 'retry' : isBusy(error);
      if (!passes || attempt === mostAttempts) throw error;
      await clock.sleep(Math.min(longestPauseMs, 100 * 2 ** attempt));
    }
  }
}

function isBusy(error: unknown): boolean {
  if (!(error instanceof SearchServiceError)) return false;
  return error.status === undefined || error.status === 429 || error.status >= 500;
}
