import type { WindowState } from './event.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { SourceRecord } from './source.ts';

/** What an invocation means for its batch. `state` is present when the mapping has a tumbling window. */
export type Verdict =
  | { readonly kind: 'success'; readonly state?: WindowState }
  /** All records before the index are done. */
  | { readonly kind: 'partial'; readonly firstFailedIndex: number; readonly state?: WindowState }
  | { readonly kind: 'failure'; readonly cause: 'functionError' | 'response'; readonly message: string }
  | { readonly kind: 'notDelivered'; readonly reason: string };

export interface ResponseRules {
  readonly reportBatchItemFailures: boolean;
  readonly stateRequired: boolean;
}

/**
 * Reads a function's response the way Lambda does: an empty response, or one without failures, is a success; a single
 * unusable identifier fails the whole batch; of several identifiers the lowest counts.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function judge(
  outcome: InvocationOutcome,
  records: readonly SourceRecord[],
  { reportBatchItemFailures, stateRequired }: ResponseRules,
): Verdict {
  if (outcome.kind === 'notDelivered') return outcome;
  if (outcome.kind === 'functionError') {
    const { errorType, errorMessage } = outcome.error;
    return { kind: 'failure', cause: 'functionError', message: `${errorType}: ${errorMessage}` };
  }
  const { payload } = outcome;
  const state = windowState(payload);
  if (stateRequired && !state) {
    return failure('The mapping has a tumbling window, and the response has no state: return {"state": {...}}.');
  }
  const withState = stateRequired && state ? { state } : {};
  const failures = reportBatchItemFailures && isObject(payload) ? payload.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return { kind: 'success', ...withState };
  if (!Array.isArray(failures)) return failure('batchItemFailures in the response is not a list.');
  if (failures.length === 0) return { kind: 'success', ...withState };
  const firstFailedIndex = lowestIndex(failures, records);
  if (typeof firstFailedIndex === 'string') return failure(firstFailedIndex);
  return { kind: 'partial', firstFailedIndex, ...withState };
}

/** The lowest position in the batch that is reported, or why the report cannot be used. */
function lowestIndex(failures: readonly unknown[], records: readonly SourceRecord[]): number | string {
  const indexes = new Map(records.map(({ sequenceNumber }, index) => [sequenceNumber, index]));
  let lowest = records.length;
  for (const failed of failures) {
    const identifier = isObject(failed) ? failed.itemIdentifier : undefined;
    if (typeof identifier !== 'string' || identifier === '') {
      return 'An entry of batchItemFailures has no itemIdentifier, or not a string: every record counts as failed.';
    }
    const index = indexes.get(identifier);
    if (index === undefined) {
      return `batchItemFailures names ${identifier}, which is not in the batch: every record counts as failed.`;
    }
    lowest = Math.min(lowest, index);
  }
  return lowest;
}

function windowState(payload: unknown): WindowState | undefined {
  const state = isObject(payload) ? payload.state : undefined;
  return isObject(state) ? state : undefined;
}

function failure(message: string): Verdict {
  return { kind: 'failure', cause: 'response', message };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
