import { findRunning } from '../local/running-pipeline.ts';
import { exitCode } from './run-command.ts';

/** Prints the variables that point an application's AWS SDK at the running pipeline: `eval "$(npx tributary env)"`. */
export function printEnvironment(): void {
  const running = findRunning();
  if (running === undefined) {
    process.stderr.write('Nothing is running here: start the pipeline with `npm start`, then ask again.\n');
    process.exitCode = exitCode.misused;
    return;
  }
  for (const [name, value] of Object.entries(running.environment)) process.stdout.write(`export ${name}=${value}\n`);
}
