import type { Command } from 'commander';
import type { WalkOptions, WalkProgress } from '../shared/operations/backfill/backfill.ts';
import { OperatorError } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { type CommonOptions, timeMs } from './run-command.ts';
import { chooseMappings, chooseTarget } from './target/target.ts';
import { createProgressLine } from './walk-progress.ts';

/** What commands take that walk through the whole table. */
export interface WalkCommandOptions extends CommonOptions {
  readonly region?: string;
  readonly rate?: string;
  readonly maxLag: string;
}

export function withWalkOptions(command: Command): Command {
  return command
    .option('--region <region>', 'in one region instead of all')
    .option('--rate <items>', 'items a second at most, in each region')
    .option('--max-lag <time>', 'wait while the live consumer is further behind', '30s')
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine');
}

type WalkArguments = Pick<WalkOptions, 'target' | 'lagMaxMs' | 'report' | 'mappings'> &
  Partial<Pick<WalkOptions, 'region' | 'itemsPerS'>>;

/** Progress goes to standard error: what comes of it is the answer. */
export async function walkArguments(options: WalkCommandOptions): Promise<WalkArguments> {
  const { region, rate, maxLag } = options;
  const nowMs = systemClock.nowMs();
  const itemsPerS = rate === undefined ? undefined : positive(rate);
  const target = await chooseTarget(options);
  const line = createProgressLine({ target, write: (text) => process.stderr.write(text), clock: systemClock });
  return {
    target,
    lagMaxMs: nowMs - timeMs(maxLag, nowMs),
    ...(region === undefined ? {} : { region }),
    ...(itemsPerS === undefined ? {} : { itemsPerS }),
    mappings: await chooseMappings(options),
    report: (progress: WalkProgress) => line(progress),
  };
}

function positive(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new OperatorError(`--rate is a number of items above 0, not "${text}".`);
}
