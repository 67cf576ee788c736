import { isPipelineError } from '../../batch/errors.ts';
import type { Verdict } from './verdict.ts';

/** Trouble that passes leaves the record as it is. What somebody has to put right is thrown. */
export async function orUnresolved<Result>(work: () => Promise<Result>): Promise<Result | Verdict> {
  try {
    return await work();
  } catch (error) {
    if (!isPipelineError(error) || error.disposition !== 'retry') throw error;
    return { kind: 'unresolved', reason: `${error.message}: redrive it again` };
  }
}

export async function oneByOne<One>(
  all: readonly One[],
  settle: (one: One) => Promise<Verdict>,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = [];
  for (const one of all) verdicts.push(await orUnresolved(() => settle(one)));
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
