import { Option } from 'commander';
import { describeCommand, parsedOptions, wholeNumber } from '../command-line.ts';
import { mostUsers } from '../demo/options.ts';
import type { EngineProvider } from '../engines/provider.ts';

export interface SoakOptions {
  readonly minutes: number;
  /** Writes per second. */
  readonly rate: number;
  readonly seed: number;
  /** What backs DynamoDB and OpenSearch. */
  readonly engines: EngineProvider;
  /** One JSON object on the last line of stdout; everything for people goes to stderr. */
  readonly json: boolean;
}

/** Of the demo's users: an insert, four edits, and the ends of some lives. */
const writesPerUser = 5.2;

/** Each kind of fault has had its turn then. */
const leastMinutes = 3;
const mostMinutes = 240;

/** Engines in containers are nobody's child: their memory cannot be seen from here. */
const providers: readonly EngineProvider[] = ['embedded', 'processes'];

/**
 * Options from the command line. Undefined when only help was asked for.
 *
 * @throws {CommanderError} for what cannot be used; its message has been printed.
 */
export function parseOptions(args: readonly string[]): SoakOptions | undefined {
  const command = describeCommand({
    name: 'npm run soak --',
    description:
      'Write at a steady rate on this machine with a fault each minute, watch the memory, and recount every effect.',
    examples: ['npm run soak -- --minutes 30 --engines processes', 'npm run soak -- --minutes 3 --rate 20 --json'],
  })
    .option('--minutes <number>', 'how long to write', wholeNumber(leastMinutes, mostMinutes), 30)
    .option('--rate <number>', 'writes per second', wholeNumber(1, 100), 10)
    .option('--seed <number>', 'choose another workload; the same seed writes the same', wholeNumber(0, 2 ** 32 - 1), 1)
    .addOption(
      new Option('--engines <provider>', 'what backs DynamoDB and OpenSearch; the other services are embedded')
        .choices(providers)
        .default('embedded'),
    )
    .option('--json', 'print one JSON object as the last line of stdout', false);
  const options = parsedOptions<SoakOptions>(command, args);
  if (options !== undefined && usersOf(options) > mostUsers) {
    const most = Math.floor(mostUsers * writesPerUser);
    command.error(`error: --minutes and --rate make more than ${most} writes, which the recount cannot read.`);
  }
  return options;
}

/** As many users as make the writes of the whole time. */
export function usersOf({ minutes, rate }: Pick<SoakOptions, 'minutes' | 'rate'>): number {
  return Math.ceil((minutes * 60 * rate) / writesPerUser);
}
