/**
 * What the pipeline needs of OpenSearch, in its own types: versioned bulk writes, reads by id, filtered reads.
 *
 * Versions. Every write carries the version of its change. `external` is accepted above the version that the index
 * holds for the id, `external_gte` also at it; anything else is a conflict (status 409, nothing written), so a late or
 * repeated write never overwrites a newer one. A document's version outlives its content only for a while: OpenSearch
 * forgets the version of a *deleted* document after `index.gc_deletes` (60 s), and any older write is accepted from
 * then on. A deletion that must hold is therefore a tombstone: an ordinary document written by `index`, which readers
 * do not see because they read through a filtered alias. `delete` is for sweeping tombstones that nothing can
 * overtake any more; with `external_gte` and the tombstone's own version it removes that tombstone and nothing newer.
 *
 * Visibility. `get` sees every accepted write at once. `search` sees it after the index's next refresh.
 *
 * See the OpenSearch documentation, pages "Index document" (`version_type`), "Bulk" and "Index settings".
 */
export interface SearchService {
  /**
   * Applies the operations in order and answers one result for each, in order. Safe to call again with the same
   * operations. An id that is empty or longer than 512 bytes of UTF-8 (which OpenSearch refuses together with the
   * whole request) is refused alone, with status 400 and `invalid_document_id`.
   *
   * @throws {SearchServiceError} when there is no answer for the operations. Any of them may have been applied.
   * @throws {RangeError | TypeError} when an operation cannot be sent: a version outside 0 to 2^53 - 1, or a
   *   `documentJson` of more than one line. Nothing was sent.
   */
  bulk(operations: readonly BulkOperation[]): Promise<readonly BulkResult[]>;

  /**
   * The documents that exist, by id; tombstones are documents. `index` is a concrete index.
   *
   * @throws {SearchServiceError} also when the index does not exist.
   */
  get(request: GetRequest): Promise<ReadonlyMap<string, StoredDocument>>;

  /**
   * At most `limit` (<= 10 000) documents that pass every filter, lowest `orderBy` first, else in no promised order.
   *
   * @throws {SearchServiceError} also when the index does not exist or a value does not fit its field.
   */
  search(request: SearchRequest): Promise<readonly StoredDocument[]>;
}

type ExternalVersionType = 'external' | 'external_gte';

export type BulkOperation = IndexOperation | DeleteOperation;

interface OperationTarget {
  readonly index: string;
  readonly id: string;
  readonly version: bigint;
  readonly versionType: ExternalVersionType;
}

export interface IndexOperation extends OperationTarget {
  readonly op: 'index';
  /** One JSON object on one line; it is sent as it is. */
  readonly documentJson: string;
}

interface DeleteOperation extends OperationTarget {
  readonly op: 'delete';
}

/**
 * `status` is OpenSearch's own: 200 and 201 written, 409 a conflict of versions, 429 throttled, 400 refused for good.
 * A delete that finds no document answers 404 without an `errorType`: it has been applied.
 */
export interface BulkResult {
  readonly status: number;
  /** Absent when the operation was applied. */
  readonly errorType?: string;
  /** Which field was refused and why, when OpenSearch says so. Holds no value of the document. */
  readonly refusal?: string;
}

export interface GetRequest {
  readonly index: string;
  readonly ids: readonly string[];
  /** Top-level attributes to read; all of them when absent. */
  readonly fields?: readonly string[];
}

export interface StoredDocument {
  readonly id: string;
  readonly version: bigint;
  /** Numbers come as doubles: keep what needs more digits in a text. */
  readonly document: Readonly<Record<string, unknown>>;
}

export interface SearchRequest {
  readonly index: string;
  readonly filters: readonly SearchFilter[];
  readonly limit: number;
  /** A field of type keyword, long, double, date or boolean that every document has. */
  readonly orderBy?: string;
  readonly fields?: readonly string[];
}

/** Exact: on fields of type keyword, long, double, date or boolean. A field that no document has matches none. */
export type SearchFilter =
  | { readonly field: string; readonly equals: string | number | boolean }
  | { readonly field: string; readonly below: string | number }
  | { readonly field: string; readonly from: string | number };

/** No usable answer from OpenSearch. Carries neither request nor documents, so it can be logged. */
export class SearchServiceError extends Error {
  override readonly name = 'SearchServiceError';
  /** The HTTP status; absent when no reply arrived (timeout, reset, refused connection): the outcome is unknown. */
  readonly status: number | undefined;
  /** OpenSearch's error type, e.g. `index_not_found_exception`; without a reply the failure's, e.g. `TimeoutError`. */
  readonly errorType: string;

  constructor(failure: { action: string; status?: number; errorType: string }) {
    const answer = failure.status === undefined ? 'no reply' : `HTTP ${failure.status}`;
    super(`OpenSearch did not carry out "${failure.action}": ${answer}, ${failure.errorType}`);
    this.status = failure.status;
    this.errorType = failure.errorType;
  }
}
