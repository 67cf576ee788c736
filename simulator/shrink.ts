import type { Finding } from './checkers/observed.ts';
import { type FaultName, faultNames } from './faults/fault-names.ts';
import { type HistoryOptions, type HistoryResult, runHistory, type StepAndWork } from './history.ts';
import { withoutRealTime } from './real-time.ts';

type Base = Pick<HistoryOptions, 'seed' | 'steps' | 'faults' | 'handlers'>;

interface Candidate {
  readonly keep: ReadonlySet<number>;
  readonly kinds: ReadonlySet<FaultName>;
  /** Single faults that are left out. */
  readonly numbers: ReadonlySet<number>;
}

/** Runs that making one history smaller may take, for steps and for single faults. */
const runsMax = { steps: 120, faults: 60 };

/**
 * Leaves out faults and steps of a failing history as long as the same consumer fails in the same way: first whole
 * kinds of faults, then halves, quarters, ... of the steps, then of the single faults that are left.
 */
export async function shrink(base: Base): Promise<HistoryResult> {
  const all = new Set(Array.from({ length: base.steps }, (_, index) => index));
  let best: Candidate = { keep: all, kinds: new Set(), numbers: new Set() };
  let result = await attempt(base, best);
  const [wanted] = result.findings;
  const improve = async (candidate: Candidate): Promise<boolean> => {
    const next = await attempt(base, candidate, result.isBroken);
    if (!next.findings.some((finding) => isLike(finding, wanted))) return false;
    best = candidate;
    result = next;
    return true;
  };
  for (const name of faultNames) {
    const isThere = result.faults.some((line) => line.split(' ')[2] === name);
    if (isThere) await improve({ ...best, kinds: new Set([...best.kinds, name]) });
  }
  await leaveOut([...best.keep], runsMax.steps, (without) => {
    const keep = new Set([...best.keep].filter((index) => !without.includes(index)));
    return improve({ ...best, keep });
  });
  // What is left out changes the numbers of those that come later only: the last ones first.
  const numbers = result.faults.map((line) => Number(line.split(' ')[1])).toReversed();
  await leaveOut(numbers, runsMax.faults, (without) =>
    improve({ ...best, numbers: new Set([...best.numbers, ...without]) }),
  );
  return result;
}

/** Tries to do without halves, quarters, ... and at last single ones, as long as runs are left. */
async function leaveOut(
  all: readonly number[],
  runsMax: number,
  succeeds: (without: readonly number[]) => Promise<boolean>,
): Promise<void> {
  let left = all;
  let runs = 0;
  for (let size = Math.ceil(left.length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (const chunk of chunks(left, size)) {
      if (runs >= runsMax) return;
      runs += 1;
      if (await succeeds(chunk)) left = left.filter((each) => !chunk.includes(each));
    }
  }
}

async function attempt(base: Base, { keep, ...mask }: Candidate, keepsTraces = false): Promise<HistoryResult> {
  return withoutRealTime(() => runHistory({ ...base, keep, mask }), { keepsTraces });
}

function isLike(finding: Finding, wanted: Finding | undefined): boolean {
  return finding.consumer === wanted?.consumer && finding.kind === wanted.kind;
}

function chunks(indexes: readonly number[], size: number): number[][] {
  const parts: number[][] = [];
  for (let at = 0; at < indexes.length; at += size) parts.push(indexes.slice(at, at + size));
  return parts;
}

/** The smaller history in words: what was written and begun, what went wrong, what came of it. */
export function describeFailure({ seed, profile, steps, faults, findings }: HistoryResult): string {
  const { faults: kinds, callFaults: _ofKinds, ...rest } = profile;
  return [
    `The smallest history of seed ${seed} that fails alike, drawn with`,
    ...Object.entries(rest).map(([name, value]) => `  ${name} ${JSON.stringify(value)}`),
    `  faults ${[...kinds].join(',') || 'none'}`,
    'consists of',
    ...steps.flatMap(describe),
    'with the faults',
    ...faults.map((line) => `  ${line}`),
    'ends with',
    ...findings.map(({ consumer, kind, what }) => `  ${consumer} ${kind}: ${what}`),
  ].join('\n');
}

function describe({ afterMs, action, work }: StepAndWork): string[] {
  const begins =
    work === undefined
      ? []
      : [`  operators of region ${work.region + 1} begin ${work.work.command} of ${work.work.consumer}`];
  return [`  +${afterMs} ms ${describeAction(action)}`, ...begins];
}

function describeAction(action: StepAndWork['action']): string {
  if (action.kind === 'trouble') return `${action.fault} for ${action.lastsMs} ms`;
  const what = 'user' in action ? JSON.stringify(action.user) : 'set' in action ? JSON.stringify(action.set) : '';
  const id = 'id' in action ? action.id : '';
  return `${action.kind} in region ${action.region + 1} ${id}${what}`;
}
