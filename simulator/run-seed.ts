import type { Coverage } from './faults/fault-book.ts';
import type { FaultName } from './faults/fault-names.ts';
import type { CreateHandler } from './functions/function-host.ts';
import { type HistoryOptions, type HistoryResult, runHistory } from './history.ts';
import { createRandom } from './random.ts';
import { withoutRealTime } from './real-time.ts';
import { foundByChecker } from './seed-report.ts';
import { createDigest } from './world/digest.ts';

/** Steps of a history: enough that everything meets, few enough that a failing one can be read. */
export const historySteps = 400;

export interface SeedOptions {
  readonly seed: number;
  /** Of both kinds of streams, that are enough. */
  readonly records: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly handlers: ReadonlyMap<string, CreateHandler>;
  /** Ends after the first history in which a checker finds something. */
  readonly stopsAtFailure?: boolean;
}

export interface SeedResult {
  readonly seed: number;
  readonly changes: number;
  readonly records: number;
  readonly histories: number;
  readonly hash: string;
  readonly coverage: Coverage;
  readonly failed: readonly HistoryResult[];
}

/** Histories one after the other, each from an empty world and a seed of its own, until they had so many records. */
export async function runSeed({
  seed,
  records,
  faults,
  handlers,
  stopsAtFailure = false,
}: SeedOptions): Promise<SeedResult> {
  const hash = createDigest();
  const coverage: Coverage = new Map();
  const failed: HistoryResult[] = [];
  const done = { changes: 0, records: 0, histories: 0 };
  const isEnough = () => stopsAtFailure && failed.some(({ findings }) => foundByChecker(findings) !== undefined);
  while (done.records < records && !isEnough()) {
    const options = { seed: historySeed(seed, done.histories), steps: historySteps, faults, handlers };
    const result = await runTraced(options);
    done.changes += result.changes;
    done.records += result.records;
    done.histories += 1;
    hash.add(result.hash);
    addCoverage(coverage, result.coverage);
    if (result.findings.length > 0) failed.push(result);
    // Whatever breaks histories off before they wrote anything, breaks off the next one as well.
    if (result.isBroken && result.records === 0) break;
  }
  return { seed, ...done, hash: hash.value(), coverage, failed };
}

/** What breaks off is run again for the traces, which are not kept otherwise. */
async function runTraced(options: HistoryOptions): Promise<HistoryResult> {
  const result = await withoutRealTime(() => runHistory(options));
  if (!result.isBroken) return result;
  const { findings } = await withoutRealTime(() => runHistory(options), { keepsTraces: true });
  return { ...result, findings };
}

/** The seed of one history, by which it can be run alone. */
function historySeed(seed: number, index: number): number {
  return index === 0 ? seed : createRandom(seed * 10_007 + index).integer(1_000_000, 0xffff_ffff);
}

export function addCoverage(sum: Coverage, more: Coverage): void {
  for (const [cell, { fired, changed }] of more) {
    const known = sum.get(cell) ?? { fired: 0, changed: 0 };
    sum.set(cell, { fired: known.fired + fired, changed: known.changed + changed });
  }
}
