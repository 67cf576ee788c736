/** What a run of crashes has to say. */
import { victims } from './kill-plan.ts';
import { type CrashReport, driftOf } from './run-crashes.ts';

const momentsInWords = {
  write: 'at a write of a function',
  save: 'at a save of a position',
  start: 'at its start',
  any: 'at any moment',
} as const;

export function toLines({ struck, findings, changes, seconds }: CrashReport): string[] {
  const kills = victims.map((victim) => {
    const of = struck.filter(({ kill }) => kill.victim === victim);
    const at = Object.entries(momentsInWords).flatMap(([moment, words]) => {
      const number = of.filter(({ kill, came }) => (came === undefined ? 'any' : kill.moment.at) === moment).length;
      return number === 0 ? [] : [`${number} ${words}`];
    });
    return `  ${victim.padEnd(10)}${String(of.length).padStart(4)}  ${at.join(', ')}`;
  });
  const sum = (problem: 'lost' | 'doubled' | 'diverged' | 'unaccounted') =>
    findings.reduce((total, finding) => total + finding[problem], 0);
  const problems = (['lost', 'doubled', 'diverged', 'unaccounted'] as const).map((name) => `${name} ${sum(name)}`);
  const points = Map.groupBy(
    struck.flatMap(({ came }) => came?.point ?? []),
    ({ consumer, service }) => `${consumer} to ${service}`,
  );
  const writes = [...points].map(([name, met]) => `${met.length} ${name}`);
  return [
    `${struck.length} kills in ${seconds} s while ${changes} changes were made:`,
    ...kills,
    `  writes: ${writes.join(', ') || 'none'}`,
    problems.join(', '),
    ...findings.flatMap(({ consumer, examples }) => examples.map((example) => `  ${consumer}: ${example}`)),
    `drift ${findings.reduce((total, finding) => total + driftOf(finding), 0)}`,
  ];
}
