import type { Coverage } from './faults/fault-book.ts';
import { type FaultName, faultNames } from './faults/fault-names.ts';

/** Lines of `fault`, with `fired/changed` for each consumer: how often it befell it, and took it another way. */
export function describeCoverage(coverage: Coverage): string {
  const consumers = [...new Set([...coverage.keys()].map((cell) => cell.split(' ')[1] ?? ''))].sort();
  const width = Math.max(...consumers.map((name) => name.length), 15) + 1;
  const line = (first: string, rest: readonly string[]) =>
    `${first.padEnd(20)}${rest.map((text) => text.padStart(width)).join('')}`;
  const rows = faultNames.map((fault) =>
    line(
      fault,
      consumers.map((consumer) => cellOf(coverage, fault, consumer)),
    ),
  );
  return [line('fired/changed', consumers), ...rows].join('\n');
}

function cellOf(coverage: Coverage, fault: FaultName, consumer: string): string {
  const tally = coverage.get(`${fault} ${consumer}`);
  return tally === undefined ? '-' : `${tally.fired}/${tally.changed}`;
}
