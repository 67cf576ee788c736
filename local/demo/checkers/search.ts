/** Compares what a reader of the search index sees with the users table, document by document and field by field. */
import { toScaled } from './exact-sum.ts';
import { createFinding, type Finding } from './finding.ts';
import { type StoredItem, textOf } from './stored.ts';
import { invalidAttributes, searchedAttributes } from './users.ts';

export interface SearchDocument {
  readonly documentId: string;
  readonly source: Readonly<Record<string, unknown>>;
}

export function checkSearch(state: { users: readonly StoredItem[]; documents: readonly SearchDocument[] }): Finding {
  const finding = createFinding('search-index', 'documents');
  const documentsByUser = Map.groupBy(state.documents, ({ source }) => String(source.id));
  let indexable = 0;
  let poisoned = 0;
  for (const user of state.users) {
    const id = user.id?.S ?? '';
    const documents = documentsByUser.get(id) ?? [];
    documentsByUser.delete(id);
    if (documents.length > 1) finding.add('doubled', `${id} has ${documents.length} documents`, documents.length - 1);
    // The index keeps the last version that it could accept, if there was one; the newer one is a dead letter.
    if (invalidAttributes(user, searchedAttributes).length > 0) {
      poisoned += 1;
      continue;
    }
    indexable += 1;
    const [document] = documents;
    if (document === undefined) finding.add('lost', `${id} has no document`);
    else for (const name of differences(user, document)) finding.add('diverged', `${name} of ${id} is not the item's`);
  }
  for (const [id, documents] of documentsByUser) {
    finding.add('diverged', `${id} is in the index, but not in the table`, documents.length);
  }
  return finding.finish({ expected: indexable, found: state.documents.length, details: { poisoned } });
}

function differences(user: StoredItem, { source }: SearchDocument): string[] {
  return Object.entries(searchedAttributes)
    .filter(([name, type]) => {
      const expected = textOf(user[name]);
      const found = source[name];
      if (expected === undefined || found === undefined) return expected !== found;
      return type === 'N' ? !sameNumber(expected, found) : String(found) !== expected;
    })
    .map(([name]) => name);
}

/** Exactly: a number that went through a double on its way is another number. */
function sameNumber(expected: string, found: unknown): boolean {
  return typeof found === 'string' && toScaled(found) === toScaled(expected);
}
