/** One field of the configuration that cannot be deployed. */
export interface ConfigProblem {
  /** Path of the field, such as `search.dataNodes`. */
  readonly field: string;
  /** What to write instead, and why. */
  readonly say: string;
}

/** What somebody can put right in `infra/config.ts` or in the account; the message says how. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export function configError(stage: string, problems: readonly ConfigProblem[]): ConfigError {
  const lines = problems.map(({ field, say }) => `\n- ${field}: ${say}`).join('');
  return new ConfigError(`The stage "${stage}" of infra/config.ts cannot be deployed:${lines}`);
}

/** Runs a command of the deployment: what the user can put right is told without the trace of a bug. */
export async function runCommand(command: () => Promise<void>): Promise<void> {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
