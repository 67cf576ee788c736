import { parseArgs } from 'node:util';
import { type FaultName, faultNames, isFaultName } from './faults/fault-names.ts';

export interface Options {
  readonly seeds: readonly number[];
  /** Of each seed. */
  readonly records: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly workers: number;
  readonly json: boolean;
  /** Whether this process was started by another one, which waits for its last line. */
  readonly isPart: boolean;
  readonly coverage: boolean;
  readonly coverageMinimum: number;
  readonly stopsAtFailure: boolean;
  readonly shrinks: boolean;
  readonly runsAgain: boolean;
  /** No seed begins later. */
  readonly withinMinutes: number;
}

/** @throws {Error} that says what to write instead. */
export function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seed: { type: 'string' },
      seeds: { type: 'string' },
      records: { type: 'string', default: '1' },
      faults: { type: 'string', default: 'all' },
      workers: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      part: { type: 'boolean', default: false },
      coverage: { type: 'boolean', default: false },
      'coverage-minimum': { type: 'string', default: '0' },
      'stop-at-failure': { type: 'boolean', default: false },
      'no-shrink': { type: 'boolean', default: false },
      again: { type: 'boolean', default: false },
      minutes: { type: 'string', default: 'Infinity' },
    },
  });
  const seeds = seedsOf(values.seeds ?? values.seed ?? '1');
  return {
    seeds,
    records: Number(values.records),
    faults: faultsOf(values.faults),
    workers: Math.min(Number(values.workers), seeds.length),
    json: values.json || values.part,
    isPart: values.part,
    coverage: values.coverage,
    coverageMinimum: Number(values['coverage-minimum']),
    stopsAtFailure: values['stop-at-failure'],
    shrinks: !values['no-shrink'],
    runsAgain: values.again,
    withinMinutes: Number(values.minutes),
  };
}

/** As the command line takes them. */
export function faultsText(faults: ReadonlySet<FaultName>): string {
  return faults.size === faultNames.length ? 'all' : [...faults].join(',') || 'none';
}

/** `7`, `1..100` or `3,5,8`. */
function seedsOf(text: string): readonly number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  if (range !== null) {
    const [from, to] = [Number(range[1]), Number(range[2])];
    return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  }
  const numbers = text.split(',').map(Number);
  if (numbers.every((each) => Number.isSafeInteger(each) && each >= 0)) return numbers;
  throw new Error(`${text} is no seed: give a number, a range as 1..100 or a list as 3,5,8`);
}

function faultsOf(text: string): ReadonlySet<FaultName> {
  if (text === 'all') return new Set(faultNames);
  if (text === 'none' || text === '') return new Set();
  return new Set(
    text.split(',').map((name) => {
      if (isFaultName(name)) return name;
      throw new Error(`There is no fault ${name}. There are: all, none, ${faultNames.join(', ')}`);
    }),
  );
}
