/** What a run has to say: one object for programs, a table for people. */
import { alignColumns } from './align-columns.ts';
import type { Finding } from './checkers/finding.ts';
import type { FaultReport } from './faults.ts';

export interface ConsumerReport extends Omit<Finding, 'consumer'> {
  /** Of the consumer's source: how many there are, and how many have the outcome they must have. */
  readonly records: { readonly expected: number; readonly found: number; readonly [detail: string]: number };
}

export interface Report {
  readonly lost: number;
  readonly doubled: number;
  readonly diverged: number;
  readonly unaccounted: number;
  /** What was still waiting when the time to drain was up; absent when everything drained. */
  readonly behind?: string;
  /** From the first write until everything is drained and checked. */
  readonly seconds: number;
  readonly faults: Readonly<Record<string, FaultReport>>;
  readonly consumers: Readonly<Record<string, ConsumerReport>>;
}

/** A consumer's effects and its records are two findings; they become one entry. */
export function buildReport(options: {
  effects: readonly Finding[];
  records: readonly Finding[];
  faults: Readonly<Record<string, FaultReport>>;
  behind?: string;
  seconds: number;
}): Report {
  const { effects, records, faults, behind, seconds } = options;
  const all = [...effects, ...records];
  const consumers = effects.map(({ consumer, ...finding }) => {
    // A finding over both regions stands for the records of each.
    const accounts = records.filter((other) => `${other.consumer} `.startsWith(`${consumer} `));
    const sum = (count: (account: Finding) => number) => accounts.reduce((total, account) => total + count(account), 0);
    const details = ['poison', 'deadLetters', 'failureObjects'].map((name) => [
      name,
      sum((account) => account.details[name] ?? 0),
    ]);
    return [
      consumer,
      {
        ...finding,
        unaccounted: finding.unaccounted + sum(({ unaccounted }) => unaccounted),
        examples: [...finding.examples, ...accounts.flatMap(({ examples }) => examples)],
        records: {
          expected: sum(({ expected }) => expected),
          found: sum(({ found }) => found),
          ...Object.fromEntries(details),
        },
      },
    ] as const;
  });
  const total = (problem: 'lost' | 'doubled' | 'diverged' | 'unaccounted') =>
    all.reduce((sum, finding) => sum + finding[problem], 0);
  return {
    lost: total('lost'),
    doubled: total('doubled'),
    diverged: total('diverged'),
    unaccounted: total('unaccounted'),
    ...(behind === undefined ? {} : { behind }),
    seconds,
    faults,
    consumers: Object.fromEntries(consumers),
  };
}

/** What keeps the run from being a success, in words; empty when every promise held and every fault was real. */
export function failuresOf(report: Report): string[] {
  const { lost, doubled, diverged, unaccounted } = report;
  const problems = Object.entries({ lost, doubled, diverged, unaccounted })
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  const idle = Object.entries(report.faults).flatMap(([name, { injected, observed, evidence, missed }]) => {
    if (injected === 0) return [`the fault ${name} was asked for and never injected`];
    if (observed === 0) return [`the fault ${name} was injected ${injected} times and never observed as ${evidence}`];
    return missed.map((part) => `a part of the fault ${name} met nothing: ${part}`);
  });
  const examples = Object.entries(report.consumers).flatMap(([consumer, { examples: lines }]) =>
    lines.map((line) => `${consumer}: ${line}`),
  );
  const undrained = report.behind === undefined ? [] : [`not drained in time: ${report.behind}`];
  return [...problems, ...undrained, ...idle, ...examples];
}

export function toTable(report: Report): string {
  const heading = ['consumer', 'unit', 'expected', 'found', 'lost', 'doubled', 'diverged', 'unaccounted', 'records'];
  const rows = Object.entries(report.consumers).map(([consumer, finding]) => [
    consumer,
    finding.unit,
    ...[finding.expected, finding.found, finding.lost, finding.doubled, finding.diverged, finding.unaccounted],
    `${finding.records.found}/${finding.records.expected}`,
  ]);
  const faults = Object.entries(report.faults).map(
    ([name, { injected, observed, evidence }]) =>
      `fault ${name}: ${injected} injected, ${observed} observed (${evidence})`,
  );
  return [...alignColumns([heading, ...rows], 2), ...faults].join('\n');
}
