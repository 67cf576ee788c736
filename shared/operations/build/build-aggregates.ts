import { toPipelineError } from '../../batch/errors.ts';
import { dropCounters, dropItems } from '../../sinks/aggregates/drop-generation.ts';
import {
  abandonBuild,
  type BuildState,
  beginBuild,
  beginTracking,
  forgetDropped,
  readBuild,
  switchReaders,
  takeOver,
} from '../../sinks/aggregates/generations.ts';
import type { AggregatesBuild, BuildResult } from './aggregates-build.ts';
import { goalsOf, unreached } from './await-shards.ts';
import { scanTable } from './scan-table.ts';

/** Clocks of functions, mappings and of this process may differ by less. */
const CLOCK_SKEW_MS = 60_000;
const POLL_MS = 1_000;
const MAX_REPEATS = 20;
const BASE_DELAY_MS = 200;
const MAX_DELAY_MS = 10_000;

/**
 * Builds a generation of the aggregates from the table while changes go on, and lets readers go over to it: the way to
 * include what was there before a total, and the way to put wrong totals right. Readers see the old generation until
 * they see all of the new one.
 *
 * A build that was killed goes on where it was when this is called again; of several at once each helps the same build.
 * One that was begun for an audit is taken over; an audit leaves alone what is built for readers.
 *
 * @throws {PipelineError} when the trouble lasts, or a table cannot be used; safe to call again
 */
export async function buildAggregates(build: AggregatesBuild): Promise<BuildResult> {
  const run = new BuildRun(build);
  for (;;) {
    const result = await run.step();
    if (result !== undefined) return result;
  }
}

/**
 * Ends a build that is under way; readers never were on it. Undefined when there is none.
 *
 * @throws {PipelineError} as above
 */
export async function abandonAggregates(
  build: Pick<AggregatesBuild, 'aggregates' | 'totals' | 'report'>,
): Promise<number | undefined> {
  const { aggregates } = build;
  const { phase } = await readBuild(aggregates);
  if (phase.next !== undefined) await abandonBuild({ phase, onlyAudit: false }, aggregates);
  await clear(await readBuild(aggregates), build);
  return phase.next;
}

/** One process's part in a build. All that the build has come to is in the table, so each step begins with reading. */
class BuildRun {
  readonly #build: AggregatesBuild;
  #reason: string | undefined;
  readonly #isAudit: boolean;
  #isBegun = false;
  #repeats = 0;

  constructor(build: AggregatesBuild) {
    this.#build = build;
    this.#isAudit = build.isAudit === true;
  }

  async step(): Promise<BuildResult | undefined> {
    const { aggregates, report } = this.#build;
    try {
      const result = await this.#go(await readBuild(aggregates));
      this.#repeats = 0;
      return result;
    } catch (error) {
      const failure = toPipelineError(error);
      this.#repeats += 1;
      if (failure.disposition !== 'retry' || this.#repeats > MAX_REPEATS) throw failure;
      report({ step: 'repeating', reason: failure.message });
      await aggregates.clock.sleep(
        Math.min(MAX_DELAY_MS, Math.ceil(aggregates.random() * BASE_DELAY_MS * 2 ** this.#repeats)),
      );
      return undefined;
    }
  }

  async #go(state: BuildState): Promise<BuildResult | undefined> {
    const { phase, drop, last } = state;
    if (phase.kind === 'live') {
      if (drop !== undefined) await clear(state, this.#build);
      // What was left to be cleared away is the end of a build, perhaps of one that another process began.
      if (drop === undefined && !this.#isBegun) return this.#begin();
      if (phase.generation === last) return { outcome: 'switched', generation: last };
      return { outcome: 'abandoned', generation: last, reason: this.#reason ?? 'it was abandoned' };
    }
    if (this.#isAudit && !state.isAudit) return this.#refused('a generation is being built for readers');
    if (!this.#isAudit && state.isAudit) return void (await takeOver(state, this.#build.aggregates));
    if (!this.#isBegun) this.#build.report({ step: 'resumed', generation: last });
    this.#isBegun = true;
    if (await this.#hasFailed(state)) return undefined;
    if (phase.kind === 'track') return this.#settle(state);
    if (!state.isScanned) return void (await scanTable(state, this.#build));
    if (await this.#isCaughtUp(state)) await beginTracking(phase, this.#build.aggregates);
    return undefined;
  }

  async #begin(): Promise<BuildResult | undefined> {
    const { aggregates, failures, report } = this.#build;
    // Noted first: whatever is stored after the question whether anything waits is found when it is asked again.
    const startedAtMs = aggregates.clock.nowMs();
    const pending = await failures.pending();
    if (pending > 0) {
      return this.#refused(`${pending} failures wait: redrive or discard them first, or they would be counted twice`);
    }
    if ((await failures.since(startedAtMs - CLOCK_SKEW_MS)) > 0) {
      return this.#refused('a record failed within the last minute: begin when a minute has passed without failures');
    }
    const { last } = await beginBuild({ startedAtMs, isAudit: this.#isAudit }, aggregates);
    this.#isBegun = true;
    report({ step: 'begun', generation: last });
    return undefined;
  }

  #refused(reason: string): BuildResult {
    return { outcome: 'refused', generation: 0, reason };
  }

  /** A record that failed is missing in what the build has of its item, and cannot be brought in later. */
  async #hasFailed({ phase, startedAtMs }: BuildState): Promise<boolean> {
    const { aggregates, failures } = this.#build;
    const failed = await failures.since(startedAtMs - CLOCK_SKEW_MS);
    if (failed === 0) return false;
    this.#reason = `${failed} records or batches failed since it began: redrive or discard them, then build again`;
    await abandonBuild({ phase, onlyAudit: this.#isAudit }, aggregates);
    return true;
  }

  async #isCaughtUp(state: BuildState): Promise<boolean> {
    const { aggregates, report } = this.#build;
    let left = await goalsOf(this.#build);
    for (;;) {
      left = await unreached(left, this.#build);
      if (left.length === 0) return true;
      report({ step: 'waiting', generation: state.last, shards: left.length });
      await aggregates.clock.sleep(POLL_MS);
      // A mapping that gave up on the record does not reach it: nothing would come of waiting.
      if (await this.#hasFailed(state)) return false;
    }
  }

  async #settle(state: BuildState): Promise<undefined> {
    const { aggregates, decide, report } = this.#build;
    const { phase, last } = state;
    report({ step: 'tracking', generation: last });
    const decision = await decide({ old: phase.generation, built: last });
    // After everything of the build: a failure of its time has been stored by now.
    if (await this.#hasFailed(state)) return;
    if (decision === 'switch') return switchReaders(phase, aggregates).then(() => undefined);
    this.#reason = 'it was not to be switched to';
    await abandonBuild({ phase, onlyAudit: this.#isAudit }, aggregates);
  }
}

async function clear(
  { drop, last }: BuildState,
  { aggregates, totals, report }: Pick<AggregatesBuild, 'aggregates' | 'totals' | 'report'>,
): Promise<void> {
  if (drop === undefined) return;
  report({ step: 'clearing', generation: drop });
  await dropItems(last, aggregates);
  await dropCounters({ generation: drop, totals: totals.map(({ name }) => name) }, aggregates);
  await forgetDropped(drop, aggregates);
}
