import type { Clock } from '../../batch/clock.ts';
import { FatalConfigError, PoisonRecordError, RetryableError, toPipelineError } from '../../batch/errors.ts';
import type { NewestRequest, NewestSink, Outcome } from '../../batch/sink.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { Change } from '../../change/change.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { changeIdentity, localOrderProblem } from '../../change/version.ts';
import type { BulkResult, IndexOperation, SearchService } from '../../services/opensearch/port.ts';
import { classifyCall, classifyResult } from './classify.ts';
import { type ChangeMark, changeMarkField, type DocumentFields, documentJson } from './document.ts';

/** What the consumer's effects ask for: the item's document, or its tombstone when there is no item any more. */
export interface DocumentWrite {
  readonly id: string;
  /** Absent: the item is gone. */
  readonly fields?: DocumentFields;
}

export interface SearchIndexOptions {
  readonly search: SearchService;
  /** The indices that take every change, that of the readers last; asked for each batch. */
  readonly indices: () => Promise<readonly string[]>;
  /**
   * How long they are good for: whoever changes them waits that long for all that write them. A function does not live
   * longer, but a person's process does. Absent where nobody changes them.
   */
  readonly lease?: { readonly clock: Pick<Clock, 'nowMs'>; readonly leaseMs: number };
  /** Reads the item as it is now, consistently; undefined when it is gone. */
  readonly readItem: (keys: AttributeMap) => Promise<AttributeMap | undefined>;
  /** Undefined when the item is not to be found in this index. */
  readonly fieldsOf: (image: AttributeMap) => DocumentFields | undefined;
}

type Request = NewestRequest<DocumentWrite>;

/**
 * Keeps each document equal to the newest version of its item, in whatever order its changes arrive.
 *
 * The version is the creation time of the change in microseconds of the local table; the index refuses what is not
 * newer. A deletion is a tombstone document, because OpenSearch forgets the version of what it deletes. Two changes of
 * one microsecond cannot be ordered by version: the item itself is read then, and written with `external_gte`.
 * Resolves when every index has accepted every request; safe to call again with the same ones.
 */
export function createSearchIndexSink(options: SearchIndexOptions): NewestSink<DocumentWrite> {
  return {
    strategy: 'newest',
    compare: (a, b) => compareBigints(versionOf(a), versionOf(b)),
    apply: async (requests) => {
      const assertHeld = leaseFrom(options);
      try {
        return await applyToEach(await options.indices(), requests, { ...options, assertHeld });
      } catch (error) {
        throw classifyCall(error);
      }
    },
  };
}

/** Throws before a write that comes too late for the indices. */
function leaseFrom({ lease }: SearchIndexOptions): () => void {
  if (lease === undefined) return () => undefined;
  const { clock, leaseMs } = lease;
  const endsAtMs = clock.nowMs() + leaseMs;
  return () => {
    if (clock.nowMs() < endsAtMs) return;
    const problem = 'the indices to write were looked up too long ago, and another may have taken their place';
    throw new RetryableError('deadline-near', problem);
  };
}

type Kind = Outcome['kind'];

/** A record is done when no index needs it any more: what is left to do in one of them is left to do. */
const gravest: readonly Kind[] = ['retry', 'poison', 'applied', 'duplicate', 'stale', 'filtered'];

/** One after the other: what readers see in their index is in the one that they may be moved to. */
async function applyToEach(
  indices: readonly string[],
  requests: readonly Request[],
  options: Omit<OneIndex, 'index'>,
): Promise<readonly Outcome[]> {
  const outcomes = new Map<Request, Outcome>();
  for (const index of indices) {
    const ready = requests.filter((request) => outcomes.get(request)?.kind !== 'retry');
    const now = await applyAll(ready, { ...options, index });
    for (const [at, request] of ready.entries()) {
      const all = [outcomes.get(request) ?? [], now[at] ?? []].flat();
      const [worst] = all.toSorted((a, b) => gravest.indexOf(a.kind) - gravest.indexOf(b.kind));
      if (worst !== undefined) outcomes.set(request, worst);
    }
  }
  return requests.map((request) => outcomes.get(request) ?? { kind: 'stale' });
}

interface OneIndex extends SearchIndexOptions {
  readonly index: string;
  readonly assertHeld: () => void;
}

async function applyAll(requests: readonly Request[], options: OneIndex): Promise<readonly Outcome[]> {
  const outcomes = new Map<Request, Outcome>();
  const plain = requests.filter(({ tied }) => !tied);
  options.assertHeld();
  const results = await options.search.bulk(plain.map((request) => operationFor(request, options)));
  const unclear = requests.filter(({ tied }) => tied);
  for (const [position, request] of plain.entries()) {
    const verdict = classifyResult(resultAt(results, position));
    if (verdict.kind === 'conflict')
      unclear.push(request); // recovery: version-refused
    else outcomes.set(request, verdict);
  }
  const stored = await storedMarks(unclear, options);
  for (const request of unclear) {
    outcomes.set(request, await settleConflict(request, stored.get(request.request.id), options));
  }
  return requests.map((request) => outcomes.get(request) ?? { kind: 'stale' });
}

interface StoredMark {
  readonly version: bigint;
  readonly changes: readonly string[];
}

/** A refusal by version alone does not tell a newer document from this very change or from its twin in time. */
async function settleConflict(
  { change, request, tied }: Request,
  stored: StoredMark | undefined,
  options: OneIndex,
): Promise<Outcome> {
  const version = versionOf(change);
  if (stored !== undefined && stored.version > version) return { kind: 'stale' }; // recovery: newer-is-indexed
  const identity = changeIdentity(change);
  const known = stored?.version === version ? stored.changes : [];
  if (!tied && known.includes(identity)) return { kind: 'duplicate' }; // recovery: change-is-indexed
  // recovery: tie-broken-by-reading
  return breakTie({ change, request, identities: [...new Set([...known, identity])].sort() }, options);
}

async function breakTie(
  tie: { change: Change; request: DocumentWrite; identities: readonly string[] },
  options: OneIndex,
): Promise<Outcome> {
  const item = await options.readItem(tie.change.keys);
  const fields = fieldsOf(item, options);
  if (fields instanceof PoisonRecordError) return { kind: 'poison', error: fields };
  const operation = indexOperation({ ...tie, fields, versionType: 'external_gte' }, options.index);
  options.assertHeld();
  const [result] = await options.search.bulk([operation]);
  const verdict = classifyResult(resultAt(result === undefined ? [] : [result], 0));
  // Something newer than the tie was written meanwhile: it covers both.
  return verdict.kind === 'conflict' ? { kind: 'stale' } : verdict;
}

function fieldsOf(item: AttributeMap | undefined, options: SearchIndexOptions) {
  try {
    return item === undefined ? undefined : options.fieldsOf(item);
  } catch (error) {
    if (error instanceof InvalidRecordError) {
      return new PoisonRecordError('invalid-attribute', error.message, { cause: error });
    }
    throw toPipelineError(error);
  }
}

async function storedMarks(
  requests: readonly Request[],
  { search, index }: OneIndex,
): Promise<ReadonlyMap<string, StoredMark>> {
  const ids = requests.map(({ request }) => request.id);
  const documents = await search.get({ index, ids, fields: [changeMarkField] });
  return new Map([...documents].map(([id, { version, document }]) => [id, { version, changes: changesOf(document) }]));
}

function changesOf(document: Readonly<Record<string, unknown>>): readonly string[] {
  const mark = document[changeMarkField];
  const changes = typeof mark === 'object' && mark !== null && 'changes' in mark ? mark.changes : [];
  return Array.isArray(changes) ? changes.map(String) : [String(changes)];
}

function operationFor({ change, request }: Request, { index }: OneIndex): IndexOperation {
  const identities = [changeIdentity(change)];
  return indexOperation({ change, request, identities, fields: request.fields, versionType: 'external' }, index);
}

function indexOperation(
  write: {
    change: Change;
    request: DocumentWrite;
    identities: readonly string[];
    fields: DocumentFields | undefined;
    versionType: 'external' | 'external_gte';
  },
  index: string,
): IndexOperation {
  const version = versionOf(write.change);
  const mark: ChangeMark = {
    changes: write.identities,
    changedAt: new Date(Number(version / 1000n)).toISOString(),
    deleted: write.fields === undefined,
  };
  return {
    op: 'index',
    index,
    id: write.request.id,
    version,
    versionType: write.versionType,
    documentJson: documentJson(write.fields ?? {}, mark),
  };
}

function versionOf(change: Change): bigint {
  const problem = localOrderProblem(change);
  if (problem !== undefined) throw new FatalConfigError('configuration', problem);
  return change.createdAt.microseconds;
}

function resultAt(results: readonly BulkResult[], position: number): BulkResult {
  return results[position] ?? { status: 500, errorType: 'missing_result' };
}

function compareBigints(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
