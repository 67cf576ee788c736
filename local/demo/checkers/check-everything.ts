/** Reads every place where the pipeline leaves something, through plain clients on the engines, and checks it all. */
import { type CheckedRegion, checkRegion, type RegionPlaces } from './check-region.ts';
import { checkEmail } from './email.ts';
import type { Finding } from './finding.ts';
import { checkLosers } from './losers.ts';
import { readOutbox } from './read-services.ts';
import { checkRegions } from './regions.ts';

export interface Checked {
  readonly effects: readonly Finding[];
  readonly records: readonly Finding[];
  /** Evidence of faults: what Kinesis held more than once, dead letters, versions that lost, stamps ahead of time. */
  readonly repeatedRecords: number;
  readonly deadLetters: number;
  readonly conflicts: number;
  readonly stampsAhead: number;
}

/** The first region is the one in which users are welcomed. */
export async function checkEverything(places: {
  readonly regions: readonly [RegionPlaces, RegionPlaces];
  readonly ses: string;
}): Promise<Checked> {
  const [one, other] = await Promise.all([checkRegion(places.regions[0]), checkRegion(places.regions[1])]);
  const outbox = await readOutbox(places.ses);
  const both = (count: (region: CheckedRegion) => number) => count(one) + count(other);
  return {
    effects: [
      ...one.effects,
      ...other.effects,
      checkEmail({ welcoming: one, other, outbox }),
      checkRegions(one.table, other.table),
      checkLosers(one.table, other.table),
    ],
    records: [...one.records, ...other.records],
    repeatedRecords: both(({ kinesisRecords }) => kinesisRecords.length - new Set(kinesisRecords.map(idOf)).size),
    deadLetters: both(({ deadLetters }) => deadLetters),
    conflicts: both(({ conflicts }) => conflicts),
    stampsAhead: both(({ stampsAhead }) => stampsAhead),
  };
}

function idOf({ eventId }: { eventId: string }): string {
  return eventId;
}
