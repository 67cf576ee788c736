import { describeCommand, parsedOptions, sabotageOption, wholeNumber } from '../command-line.ts';
import { crashSabotages } from './sabotages.ts';

export interface CrashOptions {
  readonly kills: number;
  readonly seed: number;
  /** A patch in `simulator/defects/`. */
  readonly sabotage?: string;
}

/**
 * Options from the command line. Undefined when only help was asked for.
 *
 * @throws {CommanderError} for what cannot be used; its message has been printed.
 */
export function parseOptions(args: readonly string[]): CrashOptions | undefined {
  const command = describeCommand({
    name: 'npm run test:crash --',
    description: 'Kill the pipeline and its engines again and again while users are written, and recount every effect.',
    examples: ['npm run test:crash -- --kills 25 --seed 1'],
  })
    .option('--kills <number>', 'how often', wholeNumber(1, 1_000), 20)
    .option('--seed <number>', 'choose other victims, moments and users', wholeNumber(0, 2 ** 32 - 1), 1)
    .addOption(sabotageOption(crashSabotages));
  return parsedOptions<CrashOptions>(command, args);
}
