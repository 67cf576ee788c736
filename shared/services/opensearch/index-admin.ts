import { isJsonObject, type JsonObject } from './json.ts';
import { SearchServiceError } from './port.ts';
import { type AdminRequest, errorOf, type SearchAdmin } from './search-admin.ts';

/**
 * Makes, removes and points at indices. Every method may be repeated.
 *
 * @throws {SearchServiceError} from every method, when OpenSearch refuses or does not answer
 */
export interface IndexAdmin {
  /** Leaves one that is there as it is. */
  create(index: string, mappings: JsonObject): Promise<void>;
  /** Removes the index and all that is in it; nothing when there is none. */
  remove(index: string): Promise<void>;
  /** The indices that an alias leads to. */
  holdersOf(alias: string): Promise<readonly string[]>;
  /** Makes the alias lead to this index alone, in one step: a search sees either all of the old or all of the new. */
  moveAlias(move: AliasMove): Promise<void>;
  /** Shows searches whatever was written until now. */
  refresh(index: string): Promise<void>;
  /** Documents in the index, tombstones included, as of its last refresh. */
  count(index: string): Promise<number>;
}

export interface AliasMove {
  readonly alias: string;
  readonly filter: JsonObject;
  readonly to: string;
}

/**
 * Each request names the indices that it is about: one that names none is about all of them, and a domain refuses it to
 * whoever may do something with those of `pattern` only.
 *
 * @param pattern of the indices that can bear an alias, such as `users-v*`
 * @see the OpenSearch documentation, pages "Index APIs" and "Alias"
 * @see https://github.com/opensearch-project/security/issues/5871
 */
export function createIndexAdmin(admin: SearchAdmin, pattern: string): IndexAdmin {
  async function send(request: AdminRequest, accepted: (error: string) => boolean = () => false): Promise<unknown> {
    const action = `${request.method} ${request.path}`;
    const reply = await admin.send(request).catch((error: unknown) => {
      throw new SearchServiceError({ action, errorType: error instanceof Error ? error.name : 'unknown' });
    });
    if (reply.status < 300 || accepted(errorOf(reply))) return reply.status < 300 ? reply.body : undefined;
    throw new SearchServiceError({ action, status: reply.status, errorType: errorOf(reply) });
  }
  const holdersOf = async (alias: string): Promise<readonly string[]> => {
    const path = `/${pattern}/_alias/${alias}`;
    const found = await send({ method: 'GET', path }, (error) => error.endsWith('missing'));
    return isJsonObject(found) ? Object.keys(found) : [];
  };
  return {
    holdersOf,
    create: async (index, mappings) => {
      const there = (error: string) => error.startsWith('resource_already_exists_exception');
      await send({ method: 'PUT', path: `/${index}`, body: { mappings } }, there);
    },
    remove: async (index) => {
      await send({ method: 'DELETE', path: `/${index}` }, (error) => error.startsWith('index_not_found_exception'));
    },
    moveAlias: async ({ alias, filter, to }) => {
      const others = (await holdersOf(alias)).filter((holder) => holder !== to);
      const removals = others.map((index) => ({ remove: { index, alias } }));
      const actions = [...removals, { add: { index: to, alias, filter } }];
      await send({ method: 'POST', path: '/_aliases', body: { actions } });
    },
    refresh: async (index) => {
      await send({ method: 'POST', path: `/${index}/_refresh` });
    },
    count: async (index) => {
      const reply = await send({ method: 'GET', path: `/${index}/_count` });
      return isJsonObject(reply) && typeof reply.count === 'number' ? reply.count : 0;
    },
  };
}
