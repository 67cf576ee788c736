import type { Client } from '@opensearch-project/opensearch';
import { carrierErrors } from './carried-request.ts';
import { type ConnectionOptions, connectOpenSearch } from './connection.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { checkedVersion, describeRefusal, hasValidId, invalidId } from './operations.ts';
import {
  type BulkOperation,
  type BulkResult,
  type GetRequest,
  type SearchFilter,
  type SearchRequest,
  type SearchService,
  SearchServiceError,
  type StoredDocument,
} from './port.ts';

export interface OpenSearchClient extends SearchService {
  /** Closes idle connections. */
  close(): Promise<void>;
}

/**
 * OpenSearch over HTTP. Every operation may be repeated. Bulk bodies above `bulkBodyBytes` go out as several requests
 * in order.
 *
 * @param options.bulkBodyBytes 5 MiB unless given; some instance types of AWS refuse bodies above 10 MiB (Amazon
 *   OpenSearch Service Developer Guide, "Network limits")
 */
export function createOpenSearchClient(options: ConnectionOptions & { bulkBodyBytes?: number }): OpenSearchClient {
  const client = connectOpenSearch(options);
  const send = createSender(client);
  return {
    async bulk(operations) {
      const results = operations.map((operation) => (hasValidId(operation) ? undefined : invalidId));
      const sendable = operations.filter(hasValidId);
      const answers: BulkResult[] = [];
      for (const body of bulkBodies(sendable, options.bulkBodyBytes ?? defaultBulkBodyBytes)) {
        answers.push(...parseBulkReply(await send({ ...bulkRequest, bulkBody: body.text }), body.operations));
      }
      const inOrder = answers.values();
      return results.map((result) => result ?? inOrder.next().value ?? unanswered('bulk'));
    },
    get: (request) => getInParts(send, request),
    async search(request) {
      return parseHits(await send(searchRequest(request)));
    },
    close: () => client.close(),
  };
}

const defaultBulkBodyBytes = 5 * 1024 * 1024;

// The full reply would be as long as the documents' metadata; `filter_path` leaves what decides the outcome.
const bulkRequest: TransportRequest = {
  method: 'POST',
  path: '/_bulk',
  querystring: { filter_path: 'items.*.status,items.*.error.type,items.*.error.reason' },
};

interface TransportRequest {
  method: string;
  path: string;
  querystring?: Record<string, string>;
  body?: string;
  bulkBody?: string;
}

type Send = (request: TransportRequest) => Promise<unknown>;

function createSender(client: Client): Send {
  return async (request) => {
    const action = `${request.method} ${request.path}`;
    try {
      return (await client.transport.request(request)).body;
    } catch (error) {
      throw withoutRequest(action, error);
    }
  };
}

/** The client's errors hold the whole request with all its documents: neither message nor cause is passed on. */
function withoutRequest(action: string, error: unknown): SearchServiceError {
  const fields = isJsonObject(error) ? error : {};
  const status = typeof fields.statusCode === 'number' ? { status: fields.statusCode } : {};
  const body = isJsonObject(fields.body) ? fields.body : {};
  const { type, reason } = isJsonObject(body.error) ? body.error : {};
  const isOfTheWay = Object.values<unknown>(carrierErrors).includes(type);
  const answered = isOfTheWay ? `${type}: ${reason}` : type;
  const errorType = typeof answered === 'string' ? answered : String(fields.name ?? 'unknown');
  return new SearchServiceError({ action, ...status, errorType });
}

/** Joins what is already JSON. @throws {RangeError | TypeError} before anything is sent. */
function bulkBodies(operations: readonly BulkOperation[], bodyBytes: number) {
  const bodies: { text: string; operations: number }[] = [];
  let lines: string[] = [];
  let bytes = 0;
  const close = () => {
    if (lines.length > 0) bodies.push({ text: lines.join(''), operations: lines.length });
    lines = [];
    bytes = 0;
  };
  for (const operation of operations) {
    const line = bulkLines(operation);
    const lineBytes = Buffer.byteLength(line);
    if (bytes + lineBytes > bodyBytes) close();
    lines.push(line);
    bytes += lineBytes;
  }
  close();
  return bodies;
}

function bulkLines(operation: BulkOperation): string {
  const index = JSON.stringify(operation.index);
  const id = JSON.stringify(operation.id);
  const version = checkedVersion(operation);
  const target = `{"_index":${index},"_id":${id},"version":${version},"version_type":"${operation.versionType}"}`;
  if (operation.op === 'delete') return `{"delete":${target}}\n`;
  if (operation.documentJson.includes('\n')) {
    throw new TypeError(
      `a document for index ${operation.index} has line breaks outside its texts: send it on one line`,
    );
  }
  return `{"index":${target}}\n${operation.documentJson}\n`;
}

function parseBulkReply(reply: unknown, operations: number): BulkResult[] {
  const items = isJsonObject(reply) ? reply.items : undefined;
  // An operation without an answer must not pass for one that was applied.
  if (!Array.isArray(items) || items.length !== operations) return unanswered('bulk');
  return items.map(parseBulkItem);
}

function parseBulkItem(item: unknown): BulkResult {
  const outcome: unknown = isJsonObject(item) ? Object.values(item)[0] : undefined;
  if (!isJsonObject(outcome) || typeof outcome.status !== 'number') return unanswered('bulk');
  const { status, error } = outcome;
  if (!isJsonObject(error)) return { status };
  const refusal = describeRefusal(String(error.reason ?? ''));
  return { status, errorType: String(error.type), ...(refusal === undefined ? {} : { refusal }) };
}

function unanswered(action: string): never {
  throw new SearchServiceError({ action, errorType: 'incomplete_reply' });
}

/** What is too large for one reply, or for the way that it comes, is asked for in halves. */
async function getInParts(send: Send, request: GetRequest): Promise<ReadonlyMap<string, StoredDocument>> {
  const { ids } = request;
  if (ids.length === 0) return new Map();
  try {
    return parseDocuments(await send(getRequest(request)));
  } catch (error) {
    if (!(error instanceof SearchServiceError) || error.status !== 413 || ids.length === 1) throw error;
    const half = Math.ceil(ids.length / 2);
    const first = await getInParts(send, { ...request, ids: ids.slice(0, half) });
    return new Map([...first, ...(await getInParts(send, { ...request, ids: ids.slice(half) }))]);
  }
}

function getRequest({ index, ids, fields }: GetRequest): TransportRequest {
  return {
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_mget`,
    body: JSON.stringify({ docs: ids.map((_id) => (fields === undefined ? { _id } : { _id, _source: fields })) }),
  };
}

function parseDocuments(reply: unknown): ReadonlyMap<string, StoredDocument> {
  const documents = new Map<string, StoredDocument>();
  for (const item of objectsIn(reply, 'docs')) {
    if (isJsonObject(item.error)) {
      throw new SearchServiceError({ action: 'get', status: 404, errorType: String(item.error.type) });
    }
    if (item.found === true) {
      const document = parseStored(item);
      documents.set(document.id, document);
    }
  }
  return documents;
}

function searchRequest({ index, filters, limit, orderBy, fields }: SearchRequest): TransportRequest {
  const clauses = filters.map(clauseOf);
  return {
    method: 'POST',
    path: `/${encodeURIComponent(index)}/_search`,
    body: JSON.stringify({
      size: limit,
      version: true,
      track_total_hits: false,
      query: { bool: { filter: clauses } },
      ...(orderBy === undefined ? {} : { sort: [{ [orderBy]: 'asc' }] }),
      ...(fields === undefined ? {} : { _source: fields }),
    }),
  };
}

function clauseOf(filter: SearchFilter) {
  if ('equals' in filter) return { term: { [filter.field]: { value: filter.equals } } };
  return { range: { [filter.field]: 'below' in filter ? { lt: filter.below } : { gte: filter.from } } };
}

function parseHits(reply: unknown): StoredDocument[] {
  return objectsIn(isJsonObject(reply) ? reply.hits : undefined, 'hits').map(parseStored);
}

function objectsIn(reply: unknown, field: string): JsonObject[] {
  const list = isJsonObject(reply) ? reply[field] : undefined;
  return Array.isArray(list) && list.every(isJsonObject) ? list : unanswered(field);
}

function parseStored({ _id: id, _version: version, _source: document }: JsonObject): StoredDocument {
  if (typeof id !== 'string' || typeof version !== 'number') return unanswered('read');
  return { id, version: BigInt(version), document: isJsonObject(document) ? document : {} };
}
