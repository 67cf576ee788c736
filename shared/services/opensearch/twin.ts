import { type FieldValue, parseOperand } from './field-value.ts';
import type { IndexAdmin } from './index-admin.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { type FieldValues, Mapping } from './mapping.ts';
import { MappingError } from './mapping-nodes.ts';
import { checkedVersion, describeRefusal, hasValidId, invalidId } from './operations.ts';
import {
  type BulkOperation,
  type BulkResult,
  type GetRequest,
  type IndexOperation,
  type SearchFilter,
  type SearchRequest,
  type SearchService,
  SearchServiceError,
  type StoredDocument,
} from './port.ts';
import { VersionedDocuments, type WriteOutcome } from './versioned-documents.ts';

interface TwinDocument {
  readonly source: JsonObject;
  readonly values: FieldValues;
}

interface TwinIndex {
  readonly mapping: Mapping;
  readonly documents: VersionedDocuments<TwinDocument>;
}

export interface SearchTwin extends SearchService {
  /** Its aliases filter nothing: whoever reads through one tells tombstones apart. */
  readonly admin: IndexAdmin;
}

/**
 * The search service in memory. Like OpenSearch it makes an index with dynamic mapping at the first write to a name
 * that it does not know. Unlike it, it has no refresh: `search` sees every write at once.
 *
 * @param options.mappings by index, as in "Create index": `{dynamic, properties}`
 * @param options.gcDeletesMs how long the version of a deleted document is remembered; 60 s unless given
 */
export function createSearchTwin(options: {
  mappings?: Readonly<Record<string, unknown>>;
  gcDeletesMs?: number;
  nowMs: () => number;
}): SearchTwin {
  const aliases = new Map<string, string>();
  const indices = new Map<string, TwinIndex>();
  const { gcDeletesMs = 60_000, nowMs } = options;
  const create = (name: string, mappings?: unknown): TwinIndex => {
    const index = {
      mapping: new Mapping(mappings),
      documents: new VersionedDocuments<TwinDocument>({ gcDeletesMs, nowMs }),
    };
    indices.set(name, index);
    return index;
  };
  const existing = (action: string, name: string): TwinIndex => {
    const index = indices.get(aliases.get(name) ?? name);
    if (index === undefined)
      throw new SearchServiceError({ action, status: 404, errorType: 'index_not_found_exception' });
    return index;
  };
  for (const [name, mappings] of Object.entries(options.mappings ?? {})) create(name, mappings);

  return {
    async bulk(operations) {
      for (const operation of operations.filter(hasValidId)) checkSendable(operation);
      return operations.map((operation) =>
        hasValidId(operation) ? apply(indices.get(operation.index) ?? create(operation.index), operation) : invalidId,
      );
    },
    async get(request) {
      return request.ids.length === 0 ? new Map() : read(existing('get', request.index), request);
    },
    async search(request) {
      return find(existing('search', request.index), request);
    },
    admin: {
      create: async (index, mappings) => void (indices.has(index) || create(index, mappings)),
      remove: async (index) => void indices.delete(index),
      holdersOf: async (alias) => [aliases.get(alias) ?? []].flat(),
      moveAlias: async ({ alias, to }) => {
        existing('alias', to);
        aliases.set(alias, to);
      },
      refresh: async () => undefined,
      count: async (index) => existing('count', index).documents.size,
    },
  };
}

function checkSendable(operation: BulkOperation): void {
  checkedVersion(operation);
  if (operation.op === 'index' && operation.documentJson.includes('\n')) {
    throw new TypeError(
      `a document for index ${operation.index} has line breaks outside its texts: send it on one line`,
    );
  }
}

function apply(index: TwinIndex, operation: BulkOperation): BulkResult {
  const rule = { type: operation.versionType, version: checkedVersion(operation) };
  if (operation.op === 'delete') return answer(index.documents.delete(operation.id, rule));
  const document = parse(index, operation);
  return 'status' in document ? document : answer(index.documents.write(operation.id, document, rule));
}

function parse({ mapping }: TwinIndex, { id, documentJson }: IndexOperation): TwinDocument | BulkResult {
  try {
    const source: unknown = JSON.parse(documentJson);
    if (!isJsonObject(source)) throw new SyntaxError('not a JSON object');
    return { source, values: mapping.valuesOf(id, source) };
  } catch (error) {
    if (error instanceof SyntaxError) return { status: 400, errorType: 'mapper_parsing_exception' };
    if (!(error instanceof MappingError)) throw error;
    const refusal = describeRefusal(error.message);
    return { status: 400, errorType: error.type, ...(refusal === undefined ? {} : { refusal }) };
  }
}

const statusOf = { created: 201, updated: 200, deleted: 200, not_found: 404 } as const;

function answer(outcome: WriteOutcome): BulkResult {
  if (outcome.kind === 'conflict') return { status: 409, errorType: 'version_conflict_engine_exception' };
  return { status: statusOf[outcome.kind] };
}

function read(index: TwinIndex, { ids, fields }: GetRequest): ReadonlyMap<string, StoredDocument> {
  const found = ids.map((id) => index.documents.get(id)).filter((stored) => stored !== undefined);
  return new Map(found.map((stored) => [stored.id, view(stored, fields)]));
}

function find(index: TwinIndex, { filters, limit, orderBy, fields }: SearchRequest): StoredDocument[] {
  const passes = filters.map((filter) => compile(index.mapping, filter));
  const found = [...index.documents.values()].filter(({ document }) => passes.every((pass) => pass(document.values)));
  const ordered = orderBy === undefined ? found : found.toSorted((a, b) => compare(a.document, b.document, orderBy));
  return ordered.slice(0, limit).map((stored) => view(stored, fields));
}

function compile(mapping: Mapping, filter: SearchFilter): (values: FieldValues) => boolean {
  const type = mapping.typeOf(filter.field);
  if (type === undefined) return () => false;
  const operand = parseOperand(type, operandOf(filter));
  if (operand === undefined) {
    throw new SearchServiceError({ action: 'search', status: 400, errorType: 'search_phase_execution_exception' });
  }
  const holds = (value: FieldValue) => {
    if ('equals' in filter) return operand.from <= value && value <= operand.to;
    return 'below' in filter ? value < operand.from : value >= operand.from;
  };
  return (values) => values.get(filter.field)?.some(holds) ?? false;
}

function operandOf(filter: SearchFilter): string | number | boolean {
  if ('equals' in filter) return filter.equals;
  return 'below' in filter ? filter.below : filter.from;
}

function compare(a: TwinDocument, b: TwinDocument, field: string): number {
  const [one, other] = [a.values.get(field)?.[0] ?? '', b.values.get(field)?.[0] ?? ''];
  return one < other ? -1 : one > other ? 1 : 0;
}

function view(
  stored: { id: string; version: number; document: TwinDocument },
  fields: readonly string[] | undefined,
): StoredDocument {
  const { source } = stored.document;
  const document =
    fields === undefined
      ? source
      : Object.fromEntries(Object.entries(source).filter(([name]) => fields.includes(name)));
  return { id: stored.id, version: BigInt(stored.version), document: structuredClone(document) };
}
