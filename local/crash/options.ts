import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
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
  const command = new Command('npm run test:crash --')
    .description('Kill the pipeline and its engines again and again while users are written, and recount every effect.')
    .option('--kills <number>', 'how often', toInteger(1, 1_000), 20)
    .option('--seed <number>', 'choose other victims, moments and users', toInteger(0, 2 ** 32 - 1), 1)
    .addOption(
      new Option(
        '--sabotage <name>',
        'take one mechanism out of a copy of the sources; the run must then fail',
      ).choices(crashSabotages.map(({ name }) => name)),
    )
    .exitOverride();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw error;
  }
  return command.opts<CrashOptions>();
}

function toInteger(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
