import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  endsOf,
  expectBalance,
  expectBatchesWithinSettings,
  expectEveryRecordEnded,
  expectOrder,
  expectParentsFirst,
  expectPositions,
} from '../testing/invariants.ts';
import { caseArbitrary, faultsArbitrary, optionsOf } from '../testing/random-simulation.ts';
import { START_MS } from '../testing/scenario.ts';
import type { TimedFault } from './faults.ts';
import { simulateMapping } from './simulate-mapping.ts';

// Ten thousand cases over all properties: random mappings, lineages, arrivals, functions and faults.

it('[no-record-skipped] [order-kept] every record ends once, in the order of its lane, parents first', async () => {
  await fc.assert(
    fc.asyncProperty(caseArbitrary, faultsArbitrary, async (drawn, faults) => {
      const transcript = await simulateMapping(optionsOf(drawn, faults));
      expectEveryRecordEnded(drawn, transcript);
      expectOrder(drawn, transcript);
      expectParentsFirst(drawn, transcript);
      expectBalance(transcript);
      expectPositions(transcript);
    }),
    { numRuns: 4000 },
  );
}, 240_000);

it('[attempts-within-setting] batches are as the settings say, and attempts as many', async () => {
  await fc.assert(
    fc.asyncProperty(caseArbitrary, async (drawn) => {
      const transcript = await simulateMapping(optionsOf(drawn, { throttledInvocations: 0.2 }));
      expectBatchesWithinSettings(drawn, transcript);
    }),
    { numRuns: 2000 },
  );
}, 120_000);

it('[no-record-skipped] restarts and pauses at any time skip no record', async () => {
  const timed = fc.array(
    fc.record({ atMs: fc.nat({ max: 20_000 }), kind: fc.constantFrom('restart', 'disable', 'enable') }),
    { maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(caseArbitrary, faultsArbitrary, timed, async (drawn, faults, drawnTimes) => {
      const times = drawnTimes.map(({ atMs, kind }): TimedFault => ({ atMs: START_MS + atMs, kind }));
      const enabled: TimedFault = { atMs: START_MS + 30_000, kind: 'enable' };
      const transcript = await simulateMapping(optionsOf(drawn, { ...faults, timed: [...times, enabled] }));
      expectEveryRecordEnded(drawn, transcript);
    }),
    { numRuns: 2000 },
  );
}, 120_000);

it('[bisect-isolates] bisecting isolates every poison record, whatever the lanes, windows and lineage', async () => {
  await fc.assert(
    fc.asyncProperty(caseArbitrary, async (drawn) => {
      const mapping = { ...drawn.mapping, BisectBatchOnFunctionError: true, MaximumRecordAgeInSeconds: -1 as const };
      const options = optionsOf({ ...drawn, mapping, moods: [] }, { throttledInvocations: 0.1 });
      const ends = endsOf(await simulateMapping(options));
      const given = [...ends].filter(([, how]) => how === 'discarded').map(([number]) => number);
      const seen = drawn.poison.filter((number) => ends.has(number) && ends.get(number) !== 'filtered');
      expect(new Set(given)).toEqual(new Set(seen));
    }),
    { numRuns: 2000 },
  );
}, 120_000);
