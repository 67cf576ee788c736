import { type SearchService, SearchServiceError } from '../../services/opensearch/port.ts';

/** The document that says which indices are written. It is beside them, so that whoever reaches them reaches it. */
export const writtenDocumentId = 'written';

export interface WrittenIndices {
  /** The one that is complete: what its documents say holds. */
  readonly current: string;
  /** Those that every change goes to, the current one last: more than one while another is filled. */
  readonly written: readonly string[];
}

/**
 * Which indices take the changes of a table: read anew for every batch, because an environment that lives on would
 * otherwise leave a new index out. Without a word of it, the one that the deployment made.
 *
 * @param where.versions the index that holds the document
 * @param where.first the index that the deployment made
 * @throws {SearchServiceError}
 */
export async function readWrittenIndices(
  search: SearchService,
  where: { readonly versions: string; readonly first: string },
): Promise<WrittenIndices> {
  const only = { current: where.first, written: [where.first] };
  try {
    const found = await search.get({ index: where.versions, ids: [writtenDocumentId], fields: ['current', 'written'] });
    const { current, written } = found.get(writtenDocumentId)?.document ?? {};
    if (typeof current !== 'string' || !Array.isArray(written)) return only;
    return { current, written: written.map(String) };
  } catch (error) {
    if (error instanceof SearchServiceError && error.errorType === 'index_not_found_exception') return only;
    throw error;
  }
}
