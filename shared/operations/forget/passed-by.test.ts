import { describe, expect, it } from 'vitest';
import type { MappingView } from '../mappings.ts';
import { notPassed, resting } from './passed-by.ts';

const view: MappingView = { region: 'here', consumer: 'counter', state: 'running', recordAgeMaxMs: 86_400_000 };
const at = (atMs: number, more: Partial<MappingView>) => ({ atMs, views: [{ ...view, ...more }] });
const named = ['here: counter has not taken all that was written before the deletion'];

describe('what a consumer has passed', () => {
  it('is all that there was, once it has dealt with as many records as there were', () => {
    const then = at(0, { processed: 10, behind: 3 });
    expect(notPassed(then, at(500, { processed: 12, behind: 9 }))).toEqual(named);
    expect(notPassed(then, at(500, { processed: 13, behind: 9 }))).toEqual([]);
    expect(notPassed(then, at(500, { processed: 10, behind: 0 }))).toEqual([]);
  });

  it('is told by the age of its oldest record where nobody counts', () => {
    const then = at(1_000, { oldestMs: 60_000 });
    expect(notPassed(then, at(31_000, { oldestMs: 60_000 }))).toEqual(named);
    expect(notPassed(then, at(31_000, { oldestMs: 20_000 }))).toEqual([]);
  });

  it('never grows while it rests: that is said at once, unless nothing waits for it', () => {
    expect(resting([{ ...view, state: 'paused', behind: 2 }])).toEqual([
      'here: counter is paused, so the deletion does not reach it: `tributary resume counter` first',
    ]);
    expect(resting([{ ...view, state: 'paused' }]).length).toBe(1);
    expect(resting([{ ...view, state: 'paused', behind: 0 }, view])).toEqual([]);
  });
});
