import type { PositionStore, Positions } from './position-store.ts';

/** Positions that end with the process, or outlive a mapping in a test. */
export function memoryPositions(): PositionStore {
  let current: Positions | undefined;
  return {
    load: async () => current,
    save: async (positions) => {
      current = positions;
    },
  };
}
