import { describe, expect, it } from 'vitest';
import { parseOptions, usersOf } from './options.ts';

describe('options of the soak', () => {
  it('are half an hour at a rate that two cores have room for', () => {
    expect(parseOptions([])).toEqual({ minutes: 30, rate: 10, seed: 1, engines: 'embedded', json: false });
  });

  it('refuse more writes than the recount can read', () => {
    const silent = process.stderr.write;
    process.stderr.write = () => true;
    try {
      expect(() => parseOptions(['--minutes', '240', '--rate', '100'])).toThrow('writes');
    } finally {
      process.stderr.write = silent;
    }
  });

  it('make as many users as write so much', () => {
    expect(usersOf({ minutes: 26, rate: 10 })).toBe(3000);
  });
});
