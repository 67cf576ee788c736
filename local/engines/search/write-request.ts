import { MappingError } from '../../../shared/services/opensearch/mapping-nodes.ts';
import { maxIdBytes } from '../../../shared/services/opensearch/operations.ts';
import type { VersionRule, WriteOutcome } from '../../../shared/services/opensearch/versioned-documents.ts';
import { type ErrorCause, illegalArgument, mappingCause } from './api-error.ts';
import type { SearchIndex } from './search-index.ts';

/** One write of one document, from "Bulk" or from the document API. */
export interface WriteRequest {
  readonly op: 'index' | 'create' | 'delete';
  readonly id: string;
  readonly version: number | undefined;
  readonly versionType: string | undefined;
  /** As it was sent; not used by a delete. */
  readonly sourceJson: string;
}

/** What is wrong with a write before any index is looked at; OpenSearch then refuses the whole request. */
export function problemsOf({ op, id, version, versionType = 'internal' }: WriteRequest): string[] {
  const problems: string[] = [];
  if (Buffer.byteLength(id) > maxIdBytes) {
    const length = Buffer.byteLength(id);
    problems.push(`id [${id}] is too long, must be no longer than ${maxIdBytes} bytes but was: ${length}`);
  }
  if (versionType === 'internal' && version !== undefined) {
    problems.push(
      'internal versioning can not be used for optimistic concurrency control. ' +
        'Please use `if_seq_no` and `if_primary_term` instead',
    );
  }
  if (versionType !== 'internal' && op === 'create') {
    problems.push(`create operations only support internal versioning. use index instead`);
  }
  if (versionType !== 'internal' && !(version !== undefined && version >= 0)) {
    problems.push(`illegal version value [${version ?? -3}] for version type [${versionType.toUpperCase()}]`);
  }
  return problems;
}

export function versionRule({ op, version = 0, versionType = 'internal' }: WriteRequest): VersionRule {
  if (op === 'create') return { type: 'absent' };
  if (versionType === 'internal') return { type: 'internal' };
  if (versionType !== 'external' && versionType !== 'external_gte') {
    throw illegalArgument(`No version type match [${versionType}]`);
  }
  // JSON carries no larger number here without bending it.
  if (!Number.isSafeInteger(version))
    throw illegalArgument(`this engine holds versions up to 2^53 - 1, not [${version}]`);
  return { type: versionType, version };
}

/** `{_index, _id, _version, result, ...}` with its HTTP status, or the error. */
export type WriteReply =
  | { readonly status: number; readonly body: Readonly<Record<string, unknown>> }
  | { readonly status: number; readonly error: ErrorCause };

/** See the OpenSearch documentation, page "Index settings", `index.blocks.write`. */
function writeBlock(index: string): ErrorCause {
  return { type: 'cluster_block_exception', reason: `index [${index}] blocked by: [FORBIDDEN/8/index write (api)];` };
}

const statusOf = { created: 201, updated: 200, deleted: 200, not_found: 404 } as const;

export function applyWrite(index: SearchIndex, request: WriteRequest): WriteReply {
  const { op, id, sourceJson } = request;
  const rule = versionRule(request);
  if (index.isBlocked) return { status: 403, error: writeBlock(index.name) };
  let outcome: WriteOutcome;
  try {
    outcome = op === 'delete' ? index.delete(id, rule) : index.write(id, sourceJson, rule);
  } catch (error) {
    if (error instanceof MappingError) return { status: 400, error: mappingCause(error) };
    throw error;
  }
  if (outcome.kind === 'conflict') {
    const where = { index: index.name, shard: '0', index_uuid: index.uuid };
    return { status: 409, error: { type: 'version_conflict_engine_exception', reason: outcome.reason, ...where } };
  }
  const { kind: result, version: _version, seqNo: _seq_no } = outcome;
  const _shards = { total: 1, successful: 1, failed: 0 };
  const body = { _index: index.name, _id: id, _version, result, _shards, _seq_no, _primary_term: 1 };
  return { status: statusOf[result], body };
}
