import type { AttributeMap } from '../../change/attribute-value.ts';
import { type SearchService, SearchServiceError } from '../../services/opensearch/port.ts';
import { type WrittenIndices, writtenDocumentId } from '../../sinks/search-index/written-indices.ts';
import { OperatorError } from '../target.ts';

/**
 * Where a reindex stands, in the document from which functions learn what to write.
 *
 * `settling`: the next index takes every change, but an invocation may be under way that does not know it. `copying`:
 * what the current one holds from before is brought over. `scanning`: what the table holds is. `filled`: nothing is
 * missing. `switched`: readers are on the next one, which is `current` now, and both are written. `leaving`: one index
 * is written no more, and is removed when nobody can be about to write it.
 */
export interface ReindexState extends WrittenIndices {
  readonly step: 'none' | 'settling' | 'copying' | 'scanning' | 'filled' | 'switched' | 'leaving';
  /** The index beside the current one; absent when there is none. */
  readonly other?: string;
  /** The highest number that an index ever had: a late write to one that is gone must not meet another one. */
  readonly lastNumber: number;
  /** When both began to be written, milliseconds since the epoch. */
  readonly startedAtMs: number;
  /** Documents changed before this time are copied; ISO 8601. */
  readonly copiedTo?: string;
  /** Key after which the scan of the table goes on. */
  readonly scannedTo?: AttributeMap;
  /** Items that the next index refused although the current one has them. */
  readonly refused: number;
  /** Of the document; 0 when there is none. */
  readonly version: bigint;
}

export interface StateAt {
  readonly search: SearchService;
  /** The index that holds the document. */
  readonly versions: string;
  /** The index that the deployment made. */
  readonly first: string;
}

export async function readReindex({ search, versions, first }: StateAt): Promise<ReindexState> {
  const none: ReindexState = {
    current: first,
    written: [first],
    step: 'none',
    version: 0n,
    lastNumber: numberOf(first),
    startedAtMs: 0,
    refused: 0,
  };
  try {
    const found = (await search.get({ index: versions, ids: [writtenDocumentId] })).get(writtenDocumentId);
    if (found === undefined) return none;
    return { ...none, ...(found.document as Partial<ReindexState>), version: found.version };
  } catch (error) {
    if (error instanceof SearchServiceError && error.errorType === 'index_not_found_exception') return none;
    throw error;
  }
}

/**
 * Puts the state in the place of the one that was read.
 *
 * @throws {OperatorError} when somebody else put one there meanwhile
 */
export async function saveReindex(state: ReindexState, { search, versions }: StateAt): Promise<ReindexState> {
  const { version: last, ...document } = state;
  const version = last + 1n;
  const [result] = await search.bulk([
    {
      ...{ op: 'index', index: versions, id: writtenDocumentId, version },
      ...{ versionType: 'external', documentJson: JSON.stringify(document) },
    },
  ]);
  if (result === undefined || (result.errorType !== undefined && result.status !== 409)) {
    const { status = 500, errorType = 'missing_result' } = result ?? {};
    throw new SearchServiceError({ action: `write of ${versions}`, status, errorType });
  }
  if (result.status !== 409) return { ...state, version };
  // Our own write, whose answer was lost and which was sent again, is no other's.
  const now = (await search.get({ index: versions, ids: [writtenDocumentId] })).get(writtenDocumentId);
  if (now?.version === version && JSON.stringify(now.document) === JSON.stringify(document)) {
    return { ...state, version };
  }
  throw new OperatorError('Another process works at this reindex: let it, or end it and run the command again.');
}

/** `users-v2` after `users-v1`. */
export function nextIndex({ current, lastNumber }: Pick<ReindexState, 'current' | 'lastNumber'>): string {
  return `${current.replace(/-v\d+$/, '')}-v${lastNumber + 1}`;
}

function numberOf(index: string): number {
  return Number(/-v(\d+)$/.exec(index)?.[1] ?? 0);
}
