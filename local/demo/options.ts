import { InvalidArgumentError, Option } from 'commander';
import { describeCommand, parsedOptions, sabotageOption, wholeNumber } from '../command-line.ts';
import { type EngineProvider, engineProviders } from '../engines/provider.ts';
import { type FaultName, faultNames } from './faults.ts';
import { type Sabotage, sabotages } from './sabotages.ts';

export interface DemoOptions {
  readonly users: number;
  readonly seed: number;
  readonly faults: readonly FaultName[];
  /** What backs DynamoDB and OpenSearch. */
  readonly engines: EngineProvider;
  /** One JSON object on the last line of stdout; everything for people goes to stderr. */
  readonly json: boolean;
  readonly sabotage?: Sabotage;
  /** Folder that gets one batch file for each kind of batch worth keeping. */
  readonly record?: string;
}

/** The search index pages through at most 10,000 documents, as OpenSearch does; a check must see them all. */
export const mostUsers = 10_000;

/**
 * Options from the command line. Undefined when only help was asked for.
 *
 * @throws {CommanderError} for what cannot be used; its message, with the accepted values, has been printed.
 */
export function parseOptions(args: readonly string[]): DemoOptions | undefined {
  const command = describeCommand({
    name: 'npm run demo --',
    description:
      'Write users to DynamoDB on this machine, let the pipeline work, and recount every effect independently.',
    examples: [
      'npm run demo -- --users 300 --seed 7 --faults all',
      'npm run demo -- --users 50 --faults duplicates,crash --json',
      'npm run demo -- --sabotage ledger',
    ],
  })
    .option('--users <number>', 'users to insert; four edits each', wholeNumber(1, mostUsers))
    .option('--seed <number>', 'choose another workload; the same seed writes the same', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--faults <list>', `comma-separated: ${faultNames.join(', ')}, or all`, toFaults)
    .addOption(
      new Option('--engines <provider>', 'what backs DynamoDB and OpenSearch; the other services are embedded')
        .choices(engineProviders)
        .default('embedded'),
    )
    .option('--json', 'print one JSON object as the last line of stdout', false)
    .option('--record <folder>', 'keep some of the batches as files that `tributary replay` reads')
    .addOption(sabotageOption(sabotages));
  const parsed = parsedOptions<ParsedOptions>(command, args);
  if (parsed === undefined) return undefined;
  const { users, seed, faults, engines, json, record, sabotage: name } = parsed;
  const sabotage = sabotages.find((each) => each.name === name);
  return {
    users: users ?? sabotage?.users ?? 200,
    seed,
    faults: faults ?? sabotage?.faults ?? [],
    engines,
    json,
    ...(record === undefined ? {} : { record }),
    ...(sabotage === undefined ? {} : { sabotage }),
  };
}

interface ParsedOptions {
  readonly users?: number;
  readonly seed: number;
  readonly faults?: readonly FaultName[];
  readonly engines: EngineProvider;
  readonly json: boolean;
  readonly record?: string;
  readonly sabotage?: string;
}

function toFaults(text: string): FaultName[] {
  if (text === 'all') return [...faultNames];
  return text.split(',').map((word) => {
    const fault = faultNames.find((name) => name === word.trim());
    if (fault === undefined) throw new InvalidArgumentError(`"${word}" is none of ${faultNames.join(', ')}.`);
    return fault;
  });
}
