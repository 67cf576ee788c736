import type { Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import { toImage, toItem } from '../../services/dynamodb/image.ts';
import { changeMarkField } from '../../sinks/search-index/document.ts';
import { createSearchIndexSink, type DocumentWrite } from '../../sinks/search-index/sink.ts';
import { isTombstone } from './copy-documents.ts';
import { pace, patiently } from './patiently.ts';
import type { ReindexOptions } from './reindex-options.ts';
import type { ReindexState } from './reindex-state.ts';

const scannedAtOnce = 500;

type Save = (state: ReindexState) => Promise<ReindexState>;

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
  return [...held.values()].filter((stored) => !isTombstone(stored)).length;
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
