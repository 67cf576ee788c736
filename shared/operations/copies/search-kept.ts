import type { AttributeMap } from '../../change/attribute-value.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { SearchService, StoredDocument } from '../../services/opensearch/port.ts';
import { changeMarkField, documentId } from '../../sinks/search-index/document.ts';

interface KeptOptions {
  readonly search: Pick<SearchService, 'search'>;
  readonly currentIndex: () => Promise<string>;
  readonly table: TableDefinition;
}

/** Documents of one request. Pages go by time: there are never so many of one millisecond. */
const PAGE = 5_000;

/**
 * Keys of the items whose documents readers see, as of the index's last refresh. A document whose id is the hash of a
 * long key does not tell it: what is left of such an item stays unseen.
 */
export async function* keptKeys({ search, currentIndex, table }: KeptOptions): AsyncIterable<readonly AttributeMap[]> {
  const field = `${changeMarkField}.changedAt`;
  let from = new Date(0).toISOString();
  for (;;) {
    const visible = [
      { field: `${changeMarkField}.deleted`, equals: false },
      { field, from },
    ];
    const page = await search.search({
      ...{ index: await currentIndex(), filters: visible, orderBy: field, limit: PAGE },
      fields: [changeMarkField],
    });
    const keys = page.map(({ id }) => keysOf(id, table)).filter((each) => each !== undefined);
    if (keys.length > 0) yield keys;
    const last = page.at(-1);
    const next = last === undefined ? from : changedAtOf(last);
    if (page.length < PAGE || next === from) return;
    from = next;
  }
}

function changedAtOf({ document }: StoredDocument): string {
  const mark: { readonly changedAt?: unknown } = Object(document[changeMarkField]);
  return String(mark.changedAt);
}

/** The keys that have this document; undefined when the id does not tell. */
function keysOf(id: string, table: TableDefinition): AttributeMap | undefined {
  const { partitionKey, sortKey } = table;
  if (sortKey === undefined && partitionKey.type === 'S') return checked({ [partitionKey.name]: { S: id } }, id, table);
  try {
    return checked(Object.fromEntries(JSON.parse(id) as [string, AttributeMap[string]][]), id, table);
  } catch {
    return undefined;
  }
}

function checked(keys: AttributeMap, id: string, table: TableDefinition): AttributeMap | undefined {
  return documentId(keys, table) === id ? keys : undefined;
}
