import { CommanderError } from 'commander';

export interface BoundedRun<Options> {
  /** Undefined when only help was asked for. @throws {CommanderError} for arguments that make no sense */
  parse(args: readonly string[]): Options | undefined;
  /** Answers whether all was as it should be. Rejects when it could not come to its end. */
  run(options: Options, signal: AbortSignal): Promise<boolean>;
  /** Tells people why the run did not come to its end. */
  brokeOff(options: Options, reason: string): void;
}

/**
 * Runs to its end what a signal may stop, then ends the process: 0: all was as it should be. 1: not so, or the run
 * broke off. 2: the arguments make no sense.
 */
export async function runAndExit<Options>(bounded: BoundedRun<Options>): Promise<never> {
  process.exitCode = await exitCodeOf(bounded, process.argv.slice(2));
  // Nothing of a finished run is worth waiting for: keep-alive connections of clients would hold the process open.
  process.exit();
}

async function exitCodeOf<Options>(bounded: BoundedRun<Options>, args: readonly string[]): Promise<number> {
  let options: Options | undefined;
  try {
    options = bounded.parse(args);
  } catch (error) {
    if (error instanceof CommanderError) return 2;
    throw error;
  }
  if (options === undefined) return 0;
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => interrupted.abort(new Error(`Stopped by ${signal}`)));
  }
  try {
    return (await bounded.run(options, interrupted.signal)) ? 0 : 1;
  } catch (error) {
    bounded.brokeOff(options, inWords(error));
    return 1;
  }
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
