import { isJsonObject, type JsonObject } from '../../../shared/services/opensearch/json.ts';
import { type ErrorCause, indexNotFoundCause, SearchApiError, validationError } from './api-error.ts';
import type { Cluster } from './cluster.ts';
import type { SearchIndex } from './search-index.ts';
import { parseSourceFilter, type SourceFilter, sourceFilterOf, sourceMember } from './source-filter.ts';
import { applyWrite, problemsOf, type WriteRequest } from './write-request.ts';

export interface JsonReply {
  readonly status: number;
  readonly json: string;
}

/** "Index document" and "Delete document". @throws {SearchApiError} for every refusal, conflicts included. */
export function writeDocument(cluster: Cluster, indexName: string, request: WriteRequest): JsonReply {
  const problems = problemsOf(request);
  if (problems.length > 0) throw validationError(problems);
  const creates = request.op !== 'delete' || request.versionType !== undefined;
  const reply = applyWrite(cluster.single(indexName, creates ? 'create' : 'fail'), request);
  if ('error' in reply) throw new SearchApiError(reply.status, reply.error);
  return { status: reply.status, json: JSON.stringify(reply.body) };
}

/** "Get document". An alias's filter does not apply, as in OpenSearch. */
export function getDocument(
  cluster: Cluster,
  request: { indexName: string; id: string; query: ReadonlyMap<string, string> },
): JsonReply {
  const index = cluster.single(request.indexName, 'fail');
  const json = documentJson(index, request.id, sourceFilterOf(request.query) ?? true);
  return { status: index.documents.get(request.id) === undefined ? 404 : 200, json };
}

/** "Multi-get": `{docs: [{_index, _id, _source}]}` or `{ids}`. */
export function multiGet(
  cluster: Cluster,
  request: { indexName: string | undefined; body: JsonObject; query: ReadonlyMap<string, string> },
): string {
  const { docs, ids } = request.body;
  const wanted = Array.isArray(docs) ? docs : Array.isArray(ids) ? ids.map((_id) => ({ _id })) : [];
  if (wanted.length === 0) throw validationError(['no documents to get']);
  const fallback = sourceFilterOf(request.query);
  const found = wanted.map((item: unknown) => {
    const { _id, _index, _source } = isJsonObject(item) ? item : {};
    const name = String(_index ?? request.indexName ?? '');
    const id = String(_id);
    const index = cluster.indices.get(name) ?? (cluster.isAlias(name) ? cluster.single(name, 'fail') : undefined);
    if (index === undefined) return JSON.stringify({ _index: name, _id: id, error: missing(name) });
    return documentJson(index, id, _source === undefined ? (fallback ?? true) : parseSourceFilter(_source));
  });
  return `{"docs":[${found.join(',')}]}`;
}

function missing(index: string): unknown {
  const cause: ErrorCause = indexNotFoundCause(index);
  return { root_cause: [cause], ...cause };
}

function documentJson(index: SearchIndex, id: string, filter: SourceFilter): string {
  const stored = index.documents.get(id);
  const identity = { _index: index.name, _id: id };
  if (stored === undefined) return JSON.stringify({ ...identity, found: false });
  const { version: _version, seqNo: _seq_no, document } = stored;
  const head = JSON.stringify({ ...identity, _version, _seq_no, _primary_term: 1, found: true });
  return `${head.slice(0, -1)}${sourceMember(document.sourceJson, filter)}}`;
}
