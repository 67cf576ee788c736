import { expect, it } from 'vitest';
import { judgeRun } from './judge-run.ts';
import { foundByChecker, type HistoryFinding, type SeedReport } from './seed-report.ts';

const whole: SeedReport = {
  ...{ seed: 1, changes: 1, records: 2, hash: 'a', coverage: [], reached: [['kept', 1]], failed: [], heapBytes: 1 },
};
const commandFor = (seed: number) => `--seed ${seed}`;

function judged(reports: readonly SeedReport[], { seeds = [1], coverageMinimum = 0 } = {}) {
  return judgeRun(reports, { seeds, coverageMinimum, commandFor });
}

it('has nothing to say of a run that nobody asks for coverage', () => {
  expect(judged([whole])).toMatchObject({ remarks: [], problems: [] });
});

it('takes cells and branches that are short for a problem, and for a remark only where the time was up', () => {
  const unreached = { ...whole, reached: [['kept', 0]] } as const;
  const asked = judged([unreached], { coverageMinimum: 1 });
  expect(asked.problems).toContain('Never reached: the branch marked "recovery: kept"');
  expect(asked.problems).toContainEqual(expect.stringMatching(/^Not covered 1 times: throttle befell archive 0 times/));
  const cutShort = judged([unreached], { coverageMinimum: 1, seeds: [1, 2] });
  expect(cutShort.problems).toEqual([]);
  expect(cutShort.remarks).toContain('Only 1 of 2 seeds: the time was up');
  expect(cutShort.remarks).toContain('Never reached: the branch marked "recovery: kept"');
});

it('takes a seed that broke off its process for a problem, and its memory for unknown', () => {
  const { problems, memory } = judged(
    [
      { ...whole, heapBytes: 2 ** 25 },
      { ...whole, seed: 7, brokeOff: 'SIGABRT', heapBytes: 0 },
    ],
    { seeds: [1, 7] },
  );
  expect(problems).toEqual(['Seed 7 broke off its process (SIGABRT): --seed 7']);
  expect(memory).toContain('32 MB at the end');
});

it('counts as caught only what a checker found in a history that came to its end', () => {
  const found: HistoryFinding = { consumer: 'archive', kind: 'lost', what: 'a record has no end' };
  const alarm: HistoryFinding = { ...found, isAlarm: true };
  expect(foundByChecker([alarm, found])).toBe(found);
  expect(foundByChecker([alarm])).toBeUndefined();
  expect(foundByChecker([{ ...alarm, consumer: 'all' }, found])).toBeUndefined();
});
