import { expect, it } from 'vitest';
import { faultNames } from '../faults/fault-names.ts';
import { runHistory } from '../history.ts';
import { withoutRealTime } from '../real-time.ts';
import { loadHandlers } from '../world/world.ts';

const handlers = await loadHandlers();
const faults = new Set(faultNames);

it.each([
  1, 2, 3, 4, 5, 6, 7, 8, 9, 247,
])('readers miss nothing and see nothing older while an index is filled (seed %i)', async (seed) => {
  const { findings, virtualMs } = await withoutRealTime(() =>
    runHistory({ seed, steps: 250, faults, handlers, reindexes: true }),
  );
  expect(findings).toEqual([]);
  expect(virtualMs).toBeGreaterThan(180_000);
});
