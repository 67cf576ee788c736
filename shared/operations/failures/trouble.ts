import { isPipelineError } from '../../batch/errors.ts';
import { loggable } from '../../runtime/safe-error.ts';
import { OperatorError } from '../target.ts';
import type { Verdict } from './verdict.ts';

/**
 * Trouble leaves a record as it is and becomes its verdict: thrown, it would take the account of all that was brought
 * in before it along.
 */
export async function orUnresolved<Result>(work: () => Promise<Result>): Promise<Result | Verdict> {
  try {
    return await work();
  } catch (error) {
    return unresolved(error);
  }
}

/** What somebody has to put right, such as a missing permission, would meet the rest as well: they are not tried. */
export async function oneByOne<One>(
  all: readonly One[],
  settle: (one: One) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  let ofTheRest: Verdict | undefined;
  for (const one of all) {
    if (ofTheRest !== undefined) {
      verdicts.push(ofTheRest);
      continue;
    }
    try {
      verdicts.push(await settle(one));
    } catch (error) {
      const verdict = unresolved(error);
      verdicts.push(verdict);
      if (isPipelineError(error) && error.disposition === 'abort') ofTheRest = verdict;
    }
  }
  return verdicts;
}

/** For records that are settled together: trouble leaves all of them as they are. */
export async function allOrUnresolved<One>(
  all: readonly One[],
  settle: () => Promise<readonly Verdict[]>,
): Promise<readonly Verdict[]> {
  const verdicts = await orUnresolved(settle);
  return 'kind' in verdicts ? all.map(() => verdicts) : verdicts;
}

/** What a service or the way to it says; not our bug. */
export function isServiceError(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  return '$metadata' in error || 'code' in error || error.name === 'SearchServiceError';
}

function unresolved(error: unknown): Verdict {
  return { kind: 'unresolved', reason: reasonOf(error) };
}

function reasonOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  if (isPipelineError(error)) {
    if (error.disposition === 'deadLetter') return error.code;
    return error.disposition === 'retry' ? `${error.message}: redrive it again` : error.message;
  }
  if (isServiceError(error)) return `${error.name}: ${error.message}`;
  // A bug: its message may quote the record.
  const { errorName = 'Error', frames: [place] = [] } = loggable(error);
  return [`it failed unexpectedly with ${errorName}`, ...(place === undefined ? [] : [place])].join(' ');
}
