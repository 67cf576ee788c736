import { type Command, InvalidArgumentError, Option } from 'commander';
import { describeCommand, readArguments, wholeNumber } from '../local/command-line.ts';
import { type FaultName, faultNames, isFaultName } from './faults/fault-names.ts';

export interface Options {
  readonly seeds: readonly number[];
  /** Of each seed: a change makes one of DynamoDB's stream and one of Kinesis. */
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

interface Given {
  readonly seed: readonly number[];
  readonly seeds?: readonly number[];
  readonly records: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly workers: number;
  readonly json: boolean;
  readonly part: boolean;
  readonly coverage: boolean;
  readonly coverageMinimum: number;
  readonly stopAtFailure: boolean;
  readonly shrink: boolean;
  readonly again: boolean;
  readonly minutes: number;
}

const most = Number.MAX_SAFE_INTEGER;

/** Of this process; what makes no sense ends it with status 2 and a line that says what to write instead. */
export function readOptions(): Options {
  const given = readArguments(createCommand()).opts<Given>();
  const seeds = given.seeds ?? given.seed;
  return {
    seeds,
    records: given.records,
    faults: given.faults,
    workers: Math.min(given.workers, seeds.length),
    json: given.json || given.part,
    isPart: given.part,
    coverage: given.coverage || given.coverageMinimum > 0,
    coverageMinimum: given.coverageMinimum,
    stopsAtFailure: given.stopAtFailure,
    shrinks: given.shrink,
    runsAgain: given.again,
    withinMinutes: given.minutes,
  };
}

function createCommand(): Command {
  return describeCommand({
    name: 'npm run simulate --',
    description: 'Simulates both regions in virtual time with faults; a seed is the same run whenever it is run.',
    examples: [
      'npm run simulate -- --seed 7 --records 2000',
      'npm run simulate -- --seeds 1..20 --records 2000 --workers 2 --coverage --again',
      'npm run simulate -- --seed 7 --faults crash-after,duplicate --json',
    ],
  })
    .option('--seed <number>', 'one run', seedsOf, [1])
    .option('--seeds <range or list>', 'several, such as 1..20 or 3,5,8', seedsOf)
    .option('--records <number>', 'of each seed, at least, of all streams: a change makes two', wholeNumber(1, most), 1)
    .addOption(
      new Option('--faults <list>', 'comma-separated names, all or none')
        .argParser(faultsOf)
        .default(new Set(faultNames), 'all'),
    )
    .option('--workers <number>', 'processes', wholeNumber(1, 64), 1)
    .option('--json', 'print one JSON object a seed', false)
    .option('--coverage', 'count the faults that befell each consumer and the recoveries reached', false)
    .option(
      '--coverage-minimum <number>',
      'the same, and fail when a fault did so less often or a marked branch was never reached',
      wholeNumber(0, most),
      0,
    )
    .option('--stop-at-failure', 'end a seed with the first history in which a checker finds something', false)
    .option('--no-shrink', 'leave a failing history as long as it is')
    .option('--again', 'run the first seed a second time: its hash must be the same', false)
    .addOption(
      new Option('--minutes <number>', 'begin no seed later')
        .argParser(minutesOf)
        .default(Number.POSITIVE_INFINITY, 'ever'),
    )
    .addOption(new Option('--part', 'of a run in several processes').default(false).hideHelp());
}

/** As the command line takes them. */
export function faultsText(faults: ReadonlySet<FaultName>): string {
  return faults.size === faultNames.length ? 'all' : [...faults].join(',') || 'none';
}

/** `7`, `1..100` or `3,5,8`. */
function seedsOf(text: string): readonly number[] {
  const range = /^(\d+)\.\.(\d+)$/.exec(text);
  const [from, to] = [Number(range?.[1]), Number(range?.[2])];
  if (from <= to) return Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const numbers = text.split(',').map((each) => (/^\d+$/.test(each) ? Number(each) : Number.NaN));
  if (numbers.every((each) => Number.isSafeInteger(each))) return numbers;
  throw new InvalidArgumentError('It must be a number, a range as 1..100 or a list as 3,5,8.');
}

/** In one order, however they are given: profiles are drawn in it. */
function faultsOf(text: string): ReadonlySet<FaultName> {
  if (text === 'all') return new Set(faultNames);
  if (text === 'none' || text === '') return new Set();
  const given = text.split(',');
  const unknown = given.find((name) => !isFaultName(name));
  if (unknown !== undefined)
    throw new InvalidArgumentError(`There is no fault ${unknown}. There are: all, none, ${faultNames.join(', ')}.`);
  return new Set(faultNames.filter((name) => given.includes(name)));
}

function minutesOf(text: string): number {
  const minutes = Number(text);
  if (minutes > 0) return minutes;
  throw new InvalidArgumentError('It must be a number above 0.');
}
