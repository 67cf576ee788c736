import { PoisonRecordError, toPipelineError } from '../../batch/errors.ts';
import type { Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { liveImage } from '../../change/tombstone.ts';
import type { Services } from '../../runtime/services.ts';
import type { StoredDocument } from '../../services/opensearch/port.ts';
import { changeMarkField, type DocumentFields, documentId } from '../../sinks/search-index/document.ts';
import { searchIndex, searchIndexFor } from '../../sinks/search-index/resources.ts';
import { type SnapshotOptions, snapshotDocuments } from '../../sinks/search-index/snapshot.ts';
import { readWrittenIndices } from '../../sinks/search-index/written-indices.ts';
import type { Brought, Difference, ItemCopies, ReadItem } from './item-copies.ts';
import { keptKeys } from './search-kept.ts';

interface SearchCopiesOptions {
  readonly services: Services<'search'>;
  readonly table: TableDefinition;
  readonly snapshot: Pick<SnapshotOptions, 'sink' | 'effects'>;
  /** Undefined when the item is not to be found in this index. */
  readonly fieldsOf: (image: AttributeMap) => DocumentFields | undefined;
}

/** The documents of a search index. */
export function searchCopies({ services, table, snapshot, fieldsOf }: SearchCopiesOptions): ItemCopies {
  const { config, search } = services;
  const { versions } = searchIndexFor(table);
  const currentIndex = async () => {
    return (await readWrittenIndices(search, { versions, first: config.value(searchIndex.variable) })).current;
  };

  async function bringOne(item: ReadItem, readAtMs: number): Promise<Brought> {
    try {
      const [outcome] = await send([item], readAtMs);
      return outcome === undefined ? { kind: 'stale' } : broughtOf(outcome);
    } catch (error) {
      if (error instanceof InvalidRecordError || error instanceof PoisonRecordError) {
        return { kind: 'refused', reason: error.message };
      }
      throw error;
    }
  }

  function send(items: readonly ReadItem[], readAtMs: number) {
    const live = items.map(({ keys, image }) => {
      const seen = liveImage(image, table);
      return { keys, ...(seen === undefined ? {} : { image: seen }) };
    });
    return snapshotDocuments(live, { ...snapshot, region: config.region, nowMs: readAtMs });
  }

  return {
    compare: async (items) => {
      const ids = items.map(({ keys }) => documentId(keys, table));
      const documents = await search.get({ index: await currentIndex(), ids });
      return items.map((item, at) => differenceOf(item, documents.get(ids[at] ?? ''), { table, fieldsOf }));
    },
    kept: () => keptKeys({ search, currentIndex, table }),
    bring: async (items, readAtMs) => {
      try {
        return (await send(items, readAtMs)).map(broughtOf);
      } catch (error) {
        if (!(error instanceof InvalidRecordError)) throw toPipelineError(error);
        // One item that cannot be read keeps none of the others back.
        const brought: Brought[] = [];
        for (const item of items) brought.push(await bringOne(item, readAtMs));
        return brought;
      }
    },
  };
}

function differenceOf(
  { image }: ReadItem,
  document: StoredDocument | undefined,
  { table, fieldsOf }: Pick<SearchCopiesOptions, 'table' | 'fieldsOf'>,
): Difference | undefined {
  const live = liveImage(image, table);
  const visible = document === undefined || isTombstone(document) ? undefined : document;
  try {
    const fields = live === undefined ? undefined : fieldsOf(live);
    if (fields === undefined) return visible === undefined ? undefined : { kind: 'leftover' };
    if (visible === undefined) return { kind: 'missing' };
    const differing = namesThatDiffer(fields, visible);
    return differing.length === 0 ? undefined : { kind: 'differs', detail: differing.join(', ') };
  } catch (error) {
    if (!(error instanceof InvalidRecordError)) throw error;
    return { kind: visible === undefined ? 'missing' : 'differs', detail: error.field };
  }
}

function broughtOf(outcome: Outcome): Brought {
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'unresolved', reason: outcome.error.message };
    case 'poison':
      return { kind: 'refused', reason: outcome.error.message };
    default:
      return { kind: outcome.kind };
  }
}

function isTombstone({ document }: StoredDocument): boolean {
  const mark = document[changeMarkField];
  return typeof mark === 'object' && mark !== null && 'deleted' in mark && mark.deleted === true;
}

function namesThatDiffer(fields: DocumentFields, { document }: StoredDocument): readonly string[] {
  const names = new Set([...Object.keys(fields), ...Object.keys(document)]);
  names.delete(changeMarkField);
  return [...names].filter((name) => JSON.stringify(fields[name]) !== JSON.stringify(document[name])).sort();
}
