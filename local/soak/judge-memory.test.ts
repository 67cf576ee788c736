import { describe, expect, it } from 'vitest';
import { judgeMemory } from './judge-memory.ts';

const megabyte = 1024 * 1024;

/** Thirty samples, of which the middle and the last ten are judged. */
function series(megabytes: (at: number) => number) {
  return { name: 'runner', bytes: Array.from({ length: 30 }, (_, at) => megabytes(at) * megabyte) };
}

describe('judgeMemory', () => {
  it('accepts what has grown during the warm-up and is level from then on', () => {
    const grown = judgeMemory(series((at) => (at < 10 ? 100 + at * 30 : 400 + (at % 3) * 20)));
    expect(grown.problem).toBeUndefined();
  });

  it('refuses what grows with the time', () => {
    expect(judgeMemory(series((at) => 200 + at * 10)).problem).toMatch(/^runner grew from \d+ to \d+ MB/);
  });

  it('accepts 15 percent and refuses 16', () => {
    const grownBy = (percent: number) => judgeMemory(series((at) => (at < 20 ? 500 : 5 * (100 + percent)))).problem;
    expect(grownBy(15)).toBeUndefined();
    expect(grownBy(16)).toBeDefined();
  });

  it('takes no notice of a few megabytes of a small process', () => {
    expect(judgeMemory(series((at) => (at < 20 ? 50 : 64))).problem).toBeUndefined();
    expect(judgeMemory(series((at) => (at < 20 ? 50 : 70))).problem).toBeDefined();
  });

  it('takes no notice of single peaks', () => {
    expect(judgeMemory(series((at) => (at === 25 ? 2000 : 300))).problem).toBeUndefined();
  });

  it('lets a virtual machine fill the heap that it may have and take as much again, and no more', () => {
    const judged = (megabytes: number) =>
      judgeMemory({ ...series((at) => (megabytes * (at + 1)) / 30), heapLimitBytes: 512 * megabyte }).problem;
    expect(judged(1020)).toBeUndefined();
    expect(judged(1030)).toMatch('above 1024 MB');
  });

  it('does not judge what was hardly seen', () => {
    expect(judgeMemory({ name: 'runner', bytes: [1, 1, 1] }).problem).toMatch('too few');
  });
});
