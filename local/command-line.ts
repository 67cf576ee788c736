import { type Command, CommanderError, InvalidArgumentError, Option } from 'commander';

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

export function sabotageOption(sabotages: readonly { readonly name: string }[]): Option {
  const what = 'take one mechanism out of a copy of the sources; the run must then fail';
  return new Option('--sabotage <name>', what).choices(sabotages.map(({ name }) => name));
}
