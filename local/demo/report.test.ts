import { describe, expect, it } from 'vitest';
import type { Finding } from './checkers/finding.ts';
import { buildReport, failuresOf, toTable } from './report.ts';

const finding = (changes: Partial<Finding> = {}): Finding => ({
  ...{ consumer: 'aggregates', unit: 'counters', expected: 5, found: 5, details: {}, examples: [] },
  ...{ lost: 0, doubled: 0, diverged: 0, unaccounted: 0, ...changes },
});
const seen = { injected: 3, observed: 2, evidence: 'dead letters', missed: [] as string[] };
const build = (effects: Finding, records: Finding, faults = {}) =>
  buildReport({ effects: [effects], records: [records], faults, seconds: 1 });

describe('demo report', () => {
  it('adds up what the checkers of effects and of records found', () => {
    const report = build(finding({ lost: 2, examples: ['lost: DE'] }), finding({ unit: 'records', unaccounted: 1 }));
    expect(report).toMatchObject({ lost: 2, doubled: 0, diverged: 0, unaccounted: 1 });
    expect(report.consumers.aggregates).toMatchObject({
      expected: 5,
      lost: 2,
      unaccounted: 1,
      records: { expected: 5 },
    });
    expect(failuresOf(report)).toEqual(['2 lost', '1 unaccounted', 'aggregates: lost: DE']);
  });

  it('is a success only when every fault that was asked for was injected and observed', () => {
    expect(failuresOf(build(finding(), finding(), { poison: seen }))).toEqual([]);
    expect(failuresOf(build(finding(), finding(), { poison: { ...seen, injected: 0 } }))).toEqual([
      'the fault poison was asked for and never injected',
    ]);
    expect(failuresOf(build(finding(), finding(), { poison: { ...seen, observed: 0 } }))).toEqual([
      'the fault poison was injected 3 times and never observed as dead letters',
    ]);
    expect(failuresOf(build(finding(), finding(), { poison: { ...seen, missed: ['s3 refuses'] } }))).toEqual([
      'a part of the fault poison met nothing: s3 refuses',
    ]);
  });

  it('shows a line per consumer and per fault', () => {
    const lines = toTable(build(finding(), finding(), { poison: seen })).split('\n');
    expect(lines).toHaveLength(3);
    expect(lines[1]).toMatch(/^aggregates +counters +5 +5 +0 +0 +0 +0 +5\/5$/);
    expect(lines[2]).toBe('fault poison: 3 injected, 2 observed (dead letters)');
  });
});
