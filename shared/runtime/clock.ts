import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../batch/clock.ts';

export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: async (durationMs) => {
    await setTimeout(durationMs);
  },
};
