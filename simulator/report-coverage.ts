import type { Coverage } from './faults/fault-book.ts';
import { type FaultName, faultNames } from './faults/fault-names.ts';
import { columns, inapplicable, inapplicableTo } from './faults/inapplicable.ts';
import type { Reached } from './recovery-marks.ts';

/**
 * Lines of `fault`, with `fired/changed` for each consumer: how often it befell it, and took it another way; `-` where
 * it cannot, for the reasons below the table.
 */
export function describeCoverage(coverage: Coverage): string {
  const width = Math.max(...columns.map((name) => name.length)) + 1;
  const line = (first: string, rest: readonly string[]) =>
    `${first.padEnd(20)}${rest.map((text) => text.padStart(width)).join('')}`;
  const rows = faultNames.map((fault) =>
    line(
      fault,
      columns.map((consumer) => cellOf(coverage, fault, consumer)),
    ),
  );
  const reasons = inapplicable.map(
    ({ faults, consumers, reason }) => `- ${faults.join(', ')}; ${consumers.join(', ')}: ${reason}`,
  );
  return [line('fired/changed', columns), ...rows, ...reasons].join('\n');
}

function cellOf(coverage: Coverage, fault: FaultName, consumer: string): string {
  const { fired, changed } = coverage.get(`${fault} ${consumer}`) ?? { fired: 0, changed: 0 };
  const excuse = inapplicableTo(fault, consumer);
  if (excuse === undefined) return `${fired}/${changed}`;
  return excuse.makesNoDifference ? `${fired}/-` : '-';
}

/** What a run that is large enough must not leave: cells below the minimum, and such as were said not to apply. */
export function missingCoverage(coverage: Coverage, minimum: number): string[] {
  const cells = faultNames.flatMap((fault) => columns.map((consumer) => ({ fault, consumer })));
  return cells.flatMap(({ fault, consumer }) => {
    const { fired, changed } = coverage.get(`${fault} ${consumer}`) ?? { fired: 0, changed: 0 };
    const excuse = inapplicableTo(fault, consumer);
    const counts = excuse?.makesNoDifference ? [fired] : [fired, changed];
    if (excuse === undefined || excuse.makesNoDifference) {
      if (counts.some((count) => count < minimum))
        return [`${fault} befell ${consumer} ${fired} times and made a difference ${changed} times`];
    } else if (fired + changed > 0) return [`${fault} cannot befall ${consumer}, it is said, and did`];
    if (excuse?.makesNoDifference && changed > 0)
      return [`${fault} makes no difference to ${consumer}, it is said, and did`];
    return [];
  });
}

/** How often each marked branch of recovery was entered. */
export function describeReached(reached: Reached): string {
  const counts = [...reached].toSorted(([, a], [, b]) => a - b).map(([name, count]) => `${name} ${count}`);
  return `branches of recovery, ${reached.size}: ${counts.join(', ')}`;
}
