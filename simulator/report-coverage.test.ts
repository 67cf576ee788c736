import { describe, expect, it } from 'vitest';
import { type FaultName, faultNames } from './faults/fault-names.ts';
import { columns, inapplicableTo } from './faults/inapplicable.ts';
import { describeCoverage, missingCoverage } from './report-coverage.ts';

/** Every fault befell every consumer that it can, `count` times, and took it another way where it can. */
function evenly(count: number) {
  const cells = faultNames.flatMap((fault) => columns.map((consumer) => ({ fault, consumer })));
  return new Map(
    cells.flatMap(({ fault, consumer }) => {
      const excuse = inapplicableTo(fault, consumer);
      if (excuse !== undefined && !excuse.makesNoDifference) return [];
      return [[`${fault} ${consumer}`, { fired: count, changed: excuse === undefined ? count : 0 }] as const];
    }),
  );
}

function withCell(fault: FaultName, consumer: string, tally: { fired: number; changed: number }) {
  return evenly(100).set(`${fault} ${consumer}`, tally);
}

describe('coverage of faults: a cell under the minimum fails', () => {
  it('asks for nothing more where every cell has as many', () => {
    expect(missingCoverage(evenly(100), 100)).toEqual([]);
    expect(missingCoverage(evenly(99), 100).length).toBeGreaterThan(150);
    expect(missingCoverage(new Map(), 1).length).toBeGreaterThan(150);
  });

  it.each([
    { tally: { fired: 99, changed: 99 }, says: /^throttle befell archive 99 times and .* 99 times$/ },
    { tally: { fired: 500, changed: 99 }, says: /^throttle befell archive 500 times and .* 99 times$/ },
  ])('names a cell that has fewer: $tally', ({ tally, says }) => {
    expect(missingCoverage(withCell('throttle', 'archive', tally), 100)).toEqual([expect.stringMatching(says)]);
  });

  it('names what befell a consumer although it is said that it cannot', () => {
    const coverage = withCell('conflict', 'archive', { fired: 1, changed: 0 });
    expect(missingCoverage(coverage, 100)).toEqual(['conflict cannot befall archive, it is said, and did']);
  });

  it('names what made a difference although it is said that it makes none', () => {
    const coverage = withCell('foreign-record', 'archive', { fired: 100, changed: 1 });
    expect(missingCoverage(coverage, 100)).toEqual([
      'foreign-record makes no difference to archive, it is said, and did',
    ]);
  });

  it('gives a reason for each cell that it leaves out of the table', () => {
    const table = describeCoverage(evenly(100));
    expect(table).toMatch(/^throttle( +100\/100){7}$/m);
    expect(table).toMatch(/^conflict +100\/100( +-){6}$/m);
    expect(table).toMatch(/^- conflict; archive, .*: it makes no transactions$/m);
  });
});
