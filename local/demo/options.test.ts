import { CommanderError } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { faultNames } from './faults.ts';
import { parseOptions } from './options.ts';

describe('demo options', () => {
  let printed = '';
  beforeEach(() => {
    printed = '';
    const keep = (text: string | Uint8Array) => {
      printed += String(text);
      return true;
    };
    vi.spyOn(process.stderr, 'write').mockImplementation(keep);
    vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  });
  afterEach(() => vi.restoreAllMocks());

  it('runs 200 users of seed 1 without faults unless told otherwise', () => {
    expect(parseOptions([])).toEqual({ users: 200, seed: 1, faults: [], engines: 'embedded', json: false });
  });

  it('takes numbers, a list of faults, and all of them', () => {
    const args = ['--users', '20', '--seed', '7', '--json', '--record', 'out', '--faults', 'poison,crash'];
    expect(parseOptions(args)).toEqual({
      ...{ users: 20, seed: 7, engines: 'embedded', json: true, record: 'out', faults: ['poison', 'crash'] },
    });
    expect(parseOptions(['--faults', 'all'])?.faults).toEqual([...faultNames]);
  });

  it.each([
    { args: ['--users', '0'], message: 'whole number from 1 to 10000' },
    { args: ['--users', 'many'], message: 'whole number' },
    {
      args: ['--faults', 'poison,rain'],
      message: '"rain" is none of duplicates, sink-outage, poison, crash, conflict',
    },
    { args: ['--sabotage', 'everything'], message: 'Allowed choices are' },
    { args: ['--user', '5'], message: "unknown option '--user'" },
  ])('refuses $args and says what is accepted', ({ args, message }) => {
    expect(() => parseOptions(args)).toThrow(CommanderError);
    expect(printed).toContain(message);
  });

  it('prints help and asks for no run', () => {
    expect(parseOptions(['--help'])).toBeUndefined();
    expect(printed).toContain('--faults');
  });
});
