/** One way for every command of package.json to read its arguments: usage with examples, a line for a mistake. */
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';

export interface CommandText {
  /** As it is typed, such as `npm run demo --`. */
  readonly name: string;
  readonly description: string;
  /** Whole lines to copy. */
  readonly examples: readonly string[];
}

export function describeCommand({ name, description, examples }: CommandText): Command {
  return new Command(name)
    .description(description)
    .addHelpText('after', `\nExamples:\n${examples.map((example) => `  ${example}`).join('\n')}`);
}

/** Reads the arguments of this process. Help ends it with status 0, what makes no sense with status 2. */
export function readArguments(command: Command): Command {
  return command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2)).parse();
}

/**
 * What the command line says. Undefined when only help was asked for.
 *
 * @throws {CommanderError} for what cannot be used; its message, with the accepted values, has been printed.
 */
export function parsedOptions<Parsed extends object>(command: Command, args: readonly string[]): Parsed | undefined {
  command.exitOverride();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined;
    throw error;
  }
  return command.opts<Parsed>();
}

/** Reads a whole number of at least `least` and at most `most`. */
export function wholeNumber(least: number, most: number) {
  return (text: string): number => {
    const number = Number(text);
    if (text.trim() !== '' && Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** Reads one of several names after the other. */
export function nameAmong(known: readonly string[]) {
  return (name: string, before: readonly string[] = []): readonly string[] => {
    if (known.includes(name)) return [...before, name];
    throw new InvalidArgumentError(`There are: ${known.join(', ')}.`);
  };
}

export function sabotageOption(sabotages: readonly { readonly name: string }[]): Option {
  const what = 'take one mechanism out of a copy of the sources; the run must then fail';
  return new Option('--sabotage <name>', what).choices(sabotages.map(({ name }) => name));
}
