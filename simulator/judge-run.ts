import type { Coverage } from './faults/fault-book.ts';
import { memoryOf } from './memory.ts';
import { addReached, type Reached } from './recovery-marks.ts';
import { missingCoverage } from './report-coverage.ts';
import { addCoverage } from './run-seed.ts';
import type { SeedReport } from './seed-report.ts';

export interface Judgement {
  readonly coverage: Coverage;
  readonly reached: Reached;
  /** How memory went. */
  readonly memory: string;
  /** What whoever reads the rest should know. */
  readonly remarks: readonly string[];
  /** What is wrong besides what failed histories tell. */
  readonly problems: readonly string[];
}

/** What is to be said of all seeds together. */
export function judgeRun(
  reports: readonly SeedReport[],
  options: {
    readonly seeds: readonly number[];
    /** 0: nobody asks. */
    readonly coverageMinimum: number;
    readonly commandFor: (seed: number) => string;
  },
): Judgement {
  const { seeds, coverageMinimum, commandFor } = options;
  const [coverage, reached]: [Coverage, Reached] = [new Map(), new Map()];
  for (const report of reports) {
    addReached(reached, new Map(report.reached));
    addCoverage(coverage, new Map(report.coverage));
  }
  const missing = coverageMinimum === 0 ? [] : missingIn({ coverage, reached }, coverageMinimum);
  const memory = memoryIn(reports);
  const isWhole = reports.length === seeds.length;
  const timeUp = `Only ${reports.length} of ${seeds.length} seeds: the time was up`;
  const brokeOff = reports.flatMap(({ seed, brokeOff: how }) =>
    how === undefined ? [] : [`Seed ${seed} broke off its process (${how}): ${commandFor(seed)}`],
  );
  return {
    ...{ coverage, reached, memory: memory.line },
    // Of a run that was cut short nobody can ask as much.
    remarks: isWhole ? [] : [timeUp, ...missing],
    problems: [...brokeOff, ...(isWhole ? missing : []), ...(memory.grows ? ['Memory grows from seed to seed'] : [])],
  };
}

function missingIn({ coverage, reached }: Pick<Judgement, 'coverage' | 'reached'>, minimum: number): string[] {
  const unreached = [...reached].filter(([, count]) => count === 0);
  return [
    ...missingCoverage(coverage, minimum).map((line) => `Not covered ${minimum} times: ${line}`),
    ...unreached.map(([name]) => `Never reached: the branch marked "recovery: ${name}"`),
  ];
}

/** Of the processes that watch no branches: counts are kept for them. */
function memoryIn(reports: readonly SeedReport[]): ReturnType<typeof memoryOf> {
  const ended = reports.filter(({ brokeOff }) => brokeOff === undefined);
  const unwatched = ended.filter(({ reached }) => reached.length === 0);
  return memoryOf((unwatched.length > 0 ? unwatched : ended).map(({ heapBytes }) => heapBytes));
}
