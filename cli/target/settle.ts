import { systemClock } from '../../shared/runtime/clock.ts';
import { chooseMappings, chosenStage, type TargetOptions } from './target.ts';

/** How the clocks of a target go, and how to wait until nobody works by an old word any more. */
export interface Settling {
  readonly clockMarginMs: number;
  readonly settle: (consumer: { readonly name: string; readonly timeoutS: number }) => Promise<void>;
}

/** The embedded table dates a change by the second in which it was made, by the clock of this machine. */
const laptopMarginMs = 2_000;

/** The clocks of AWS may differ from ours. */
const stageMarginMs = 60_000;

/**
 * On a stage an invocation ends by its timeout. On this machine a mapping that is paused has none under way: nobody
 * has to wait for a minute.
 */
export async function settleOn(where: TargetOptions & { readonly region: string }): Promise<Settling> {
  const { sleep } = systemClock;
  if (chosenStage(where) !== undefined) {
    return {
      clockMarginMs: stageMarginMs,
      settle: ({ timeoutS }) => sleep(timeoutS * 1000 + 2 * stageMarginMs),
    };
  }
  const mappings = await chooseMappings(where);
  return {
    clockMarginMs: laptopMarginMs,
    settle: async ({ name: consumer }) => {
      const mapping = { consumer, region: where.region };
      const all = await mappings.read();
      const wasRunning = all.some(
        ({ region, consumer: name, state }) => region === where.region && name === consumer && state === 'running',
      );
      if (wasRunning) {
        await mappings.pause(mapping);
        await mappings.resume(mapping);
      }
      await sleep(2 * laptopMarginMs);
    },
  };
}
