import type { StoredDocument } from '../../services/opensearch/port.ts';
import { changeMarkField, documentId } from '../../sinks/search-index/document.ts';
import { searchIndexFor } from '../../sinks/search-index/resources.ts';
import { readWrittenIndices } from '../../sinks/search-index/written-indices.ts';
import { userOfKind } from '../resource-users.ts';
import type { ForgetIn } from './forget-in.ts';

export async function hasDocument(place: ForgetIn): Promise<boolean> {
  return (await documentsIn(place)).length > 0;
}

/** Empties what the deletion has not emptied, such as the document of an item whose deletion never arrived. */
export async function forgetDocuments(place: ForgetIn): Promise<void> {
  for (const { index, search, stored } of await documentsIn(place)) {
    const { id, version, document } = stored;
    if (!place.change({ service: 'opensearch', action: 'write', target: index, key: id, detail: 'empty' })) continue;
    const mark = { ...Object(document[changeMarkField]), deleted: true };
    await search.bulk([
      {
        ...{ op: 'index', index, id, version, versionType: 'external_gte' },
        documentJson: JSON.stringify({ [changeMarkField]: mark }),
      },
    ]);
  }
}

/** Those that hold anything of the item, in every index that is written. */
async function documentsIn({ region, keys, table }: ForgetIn) {
  const user = userOfKind(region, 'searchIndex');
  if (user === undefined) return [];
  const { search } = user.connections;
  const where = { versions: searchIndexFor(table).versions, first: user.config.value(user.use.variable) };
  const id = documentId(keys, table);
  const { written } = await readWrittenIndices(search, where);
  const found = written.map(async (index) => {
    const stored = (await search.get({ index, ids: [id] })).get(id);
    return stored !== undefined && hasFields(stored) ? [{ index, search, stored }] : [];
  });
  return (await Promise.all(found)).flat();
}

function hasFields({ document }: StoredDocument): boolean {
  return Object.keys(document).some((name) => name !== changeMarkField);
}
