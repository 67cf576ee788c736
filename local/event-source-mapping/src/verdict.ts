import type { WindowState } from './event.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { SourceRecord } from './source.ts';
import type { Tuning } from './tuning.ts';

/** What an invocation means for its batch. `state` is present when the mapping has a tumbling window. */
export type Verdict =
  /** `warning`: what the response looks like and is not. */
  | { readonly kind: 'success'; readonly state?: WindowState; readonly warning?: string }
  /** All records before the index are done. */
  | { readonly kind: 'partial'; readonly firstFailedIndex: number; readonly state?: WindowState }
  | { readonly kind: 'failure'; readonly cause: 'functionError' | 'response'; readonly message: string }
  | { readonly kind: 'notDelivered'; readonly reason: string };

export interface ResponseRules
  extends Pick<Required<Tuning>, 'nonObjectResponse' | 'numericIdentifiers' | 'upperCaseKeys'> {
  readonly reportBatchItemFailures: boolean;
  readonly stateRequired: boolean;
}

/**
 * Reads a function's response the way Lambda does: an empty response, or one without failures, is a success; a single
 * unusable identifier fails the whole batch; of several identifiers the lowest counts.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html
 */
export function judge(outcome: InvocationOutcome, records: readonly SourceRecord[], rules: ResponseRules): Verdict {
  if (outcome.kind === 'notDelivered') return outcome;
  if (outcome.kind === 'functionError') {
    const { errorType, errorMessage } = outcome.error;
    return { kind: 'failure', cause: 'functionError', message: `${errorType}: ${errorMessage}` };
  }
  const { payload } = outcome;
  const state = windowState(payload);
  if (rules.stateRequired && !state) {
    return failure('The mapping has a tumbling window, and the response has no state: return {"state": {...}}.');
  }
  const withState = rules.stateRequired && state ? { state } : {};
  if (!rules.reportBatchItemFailures) return { kind: 'success', ...withState };
  if (isScalar(payload)) return scalar(payload, rules);
  const failures = failuresOf(payload, rules);
  if (failures === undefined || failures === null)
    return { kind: 'success', ...withState, ...upperCaseWarning(payload) };
  if (!Array.isArray(failures)) return failure('batchItemFailures in the response is not a list.');
  if (failures.length === 0) return { kind: 'success', ...withState };
  const firstFailedIndex = lowestIndex(failures, records, rules);
  if (typeof firstFailedIndex === 'string') return failure(firstFailedIndex);
  return { kind: 'partial', firstFailedIndex, ...withState };
}

/** The lowest position in the batch that is reported, or why the report cannot be used. */
function lowestIndex(
  failures: readonly unknown[],
  records: readonly SourceRecord[],
  rules: ResponseRules,
): number | string {
  const indexes = new Map(records.map(({ sequenceNumber }, index) => [sequenceNumber, index]));
  let lowest = records.length;
  for (const failed of failures) {
    const identifier = identifierOf(failed, rules);
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

function failuresOf(payload: unknown, { upperCaseKeys }: ResponseRules): unknown {
  if (!isObject(payload)) return undefined;
  return payload.batchItemFailures ?? (upperCaseKeys === 'read' ? payload.BatchItemFailures : undefined);
}

function identifierOf(failed: unknown, { upperCaseKeys, numericIdentifiers }: ResponseRules): unknown {
  if (!isObject(failed)) return undefined;
  const identifier = failed.itemIdentifier ?? (upperCaseKeys === 'read' ? failed.ItemIdentifier : undefined);
  return typeof identifier === 'number' && numericIdentifiers === 'match' ? String(identifier) : identifier;
}

function scalar(payload: unknown, { nonObjectResponse }: ResponseRules): Verdict {
  const shown = JSON.stringify(payload)?.slice(0, 100);
  const warning = `The response is ${shown}, which reports nothing: return {"batchItemFailures": []}.`;
  return nonObjectResponse === 'failure' ? failure(warning) : { kind: 'success', warning };
}

function upperCaseWarning(payload: unknown): { warning?: string } {
  if (!isObject(payload) || !('BatchItemFailures' in payload)) return {};
  return {
    warning: 'The response has BatchItemFailures; Lambda reads batchItemFailures and takes this for a success.',
  };
}

/** Something that is no object, no list, and not empty either. */
function isScalar(payload: unknown): boolean {
  return typeof payload !== 'object' && payload !== undefined && payload !== '';
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
