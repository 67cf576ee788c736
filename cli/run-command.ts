import { InvalidArgumentError } from 'commander';
import { isPipelineError } from '../shared/batch/errors.ts';
import { isServiceError } from '../shared/operations/failures/trouble.ts';
import { RestingConsumerError } from '../shared/operations/resting-consumer.ts';
import { OperatorError } from '../shared/operations/target.ts';

/** Documented in every command's help. */
export const exitCodes =
  '\nExit codes: 0 done; 1 something is left to do; 2 arguments that make no sense, or no target';

export const exitCode = { done: 0, left: 1, misused: 2 } as const;

/** What every command takes. */
export interface JsonOptions {
  readonly json: boolean;
}

/** What a command takes that reaches a deployed stage as well. */
export interface CommonOptions extends JsonOptions {
  readonly stage?: string;
}

/**
 * Runs a command: what a person can put right is told in one line, whatever is a bug with its trace. Answers that are
 * not done set the exit code themselves.
 */
export async function runCommand(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    if (error instanceof OperatorError) return fail(error.message, exitCode.misused);
    if (error instanceof RestingConsumerError) return fail(error.message, exitCode.left);
    if (isPipelineError(error) || isServiceError(error)) return fail(`${error.name}: ${error.message}`, exitCode.left);
    throw error;
  }
}

function fail(message: string, code: number): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = code;
}

export function print(options: JsonOptions, json: unknown, text: () => string): void {
  process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : text());
}

/** Rows under a head, each column as wide as its widest cell. */
export function inColumns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, cell.length);
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** A number of things, at least one. */
export function wholeNumber(text: string): number {
  if (/^[1-9]\d*$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number above 0.');
}

const unitsMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h` (ago), `2026-01-31` or `2026-01-31T12:00:00Z`. @throws {OperatorError} for anything else */
export function timeMs(text: string, nowMs: number): number {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return nowMs - Number(count) * (unitsMs[unit] ?? 0);
  const time = Date.parse(text);
  if (!Number.isNaN(time)) return time;
  throw new OperatorError(`"${text}" is no time: write 2h for two hours ago, or 2026-01-31T12:00:00Z.`);
}
