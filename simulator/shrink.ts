import type { Finding } from './checkers/observed.ts';
import { type FaultName, faultNames } from './faults/fault-names.ts';
import { drawProfile } from './faults/profile.ts';
import type { HistoryOptions, HistoryResult } from './history.ts';
import { runHistory } from './history.ts';
import { createRandom } from './random.ts';
import { withoutRealTime } from './real-time.ts';
import { planSteps, type Step } from './workload/plan.ts';

export interface SmallHistory {
  readonly result: HistoryResult;
  readonly steps: readonly Step[];
}

type Base = Pick<HistoryOptions, 'seed' | 'steps' | 'faults' | 'handlers'>;

interface Candidate {
  readonly keep: ReadonlySet<number>;
  readonly kinds: ReadonlySet<FaultName>;
}

/** Runs that making one history smaller may take. */
const runsMax = 160;

/**
 * Leaves out kinds of faults and steps of a failing history as long as the same consumer fails in the same way: first
 * whole kinds, then halves, quarters, ... of the steps.
 */
export async function shrink(base: Base): Promise<SmallHistory> {
  const all = new Set(Array.from({ length: base.steps }, (_, index) => index));
  let best: Candidate = { keep: all, kinds: new Set() };
  let result = await attempt(base, best);
  const [wanted] = result.findings;
  let runs = 0;
  const improve = async (candidate: Candidate): Promise<boolean> => {
    runs += 1;
    const next = await attempt(base, candidate);
    if (!next.findings.some((finding) => isLike(finding, wanted))) return false;
    best = candidate;
    result = next;
    return true;
  };
  for (const name of faultNames) {
    const isThere = [...result.coverage.keys()].some((cell) => cell.startsWith(`${name} `));
    if (isThere) await improve({ ...best, kinds: new Set([...best.kinds, name]) });
  }
  for (let size = Math.ceil(best.keep.size / 2); size >= 1 && runs < runsMax; size = Math.floor(size / 2)) {
    for (const chunk of chunks([...best.keep], size)) {
      if (runs >= runsMax) break;
      await improve({ ...best, keep: new Set([...best.keep].filter((index) => !chunk.includes(index))) });
    }
  }
  const random = createRandom(base.seed);
  const profile = drawProfile(random.fork(), base.faults);
  const steps = planSteps(random.fork(), { profile, count: base.steps });
  return { result, steps: steps.filter((_, index) => best.keep.has(index)) };
}

async function attempt(base: Base, { keep, kinds }: Candidate): Promise<HistoryResult> {
  const mask = { kinds, numbers: new Set<number>() };
  return withoutRealTime(() => runHistory({ ...base, keep, mask }));
}

function isLike(finding: Finding, wanted: Finding | undefined): boolean {
  return finding.consumer === wanted?.consumer && finding.kind === wanted.kind;
}

function chunks(indexes: readonly number[], size: number): number[][] {
  const parts: number[][] = [];
  for (let at = 0; at < indexes.length; at += size) parts.push(indexes.slice(at, at + size));
  return parts;
}

/** The smaller history in words: what was written, what went wrong, what came of it. */
export function describeFailure({ result, steps }: SmallHistory): string {
  const actions = steps.map(({ afterMs, action }) => `  +${afterMs} ms ${describe(action)}`);
  return [
    `The smallest history of seed ${result.seed} that fails alike`,
    `(${result.profile.mode}, ${result.profile.onSilence} after silence):`,
    ...actions,
    'with the faults',
    ...result.faults.map((line) => `  ${line}`),
    'ends with',
    ...result.findings.map(({ consumer, kind, what }) => `  ${consumer} ${kind}: ${what}`),
    '',
  ].join('\n');
}

function describe(action: Step['action']): string {
  if (action.kind === 'trouble') return `${action.fault} for ${action.lastsMs} ms`;
  const what = 'user' in action ? JSON.stringify(action.user) : 'set' in action ? JSON.stringify(action.set) : '';
  const id = 'id' in action ? action.id : '';
  return `${action.kind} in region ${action.region + 1} ${id}${what}`;
}
