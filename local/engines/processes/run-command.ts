import { execFile } from 'node:child_process';

const keptOutputChars = 1_500;

/** Resolves with what the command printed, on both channels. @throws {CommandFailure} */
export function runCommand(
  command: string,
  args: readonly string[],
  options: { readonly cwd?: string } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(command, args, { ...options, maxBuffer: 64 * 1024 * 1024 }, (error, stdout, stderr) => {
      const output = `${stdout}${stderr}`;
      if (error === null) return resolve(output);
      const isMissing = error.code === 'ENOENT';
      reject(new CommandFailure([command, ...args].join(' '), { isMissing, output }));
    });
  });
}

export class CommandFailure extends Error {
  /** There is no such program on this machine. */
  readonly isMissing: boolean;

  constructor(command: string, { isMissing, output }: { readonly isMissing: boolean; readonly output: string }) {
    const said = output.trim().slice(-keptOutputChars);
    super(isMissing ? `${command}: no such program` : `${command} failed: ${said === '' ? 'it said nothing' : said}`);
    this.name = 'CommandFailure';
    this.isMissing = isMissing;
  }
}
