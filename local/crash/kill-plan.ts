/** Which process is killed when, as data: a pure function of the seed. */
import type { SeededRandom } from '../demo/seeded-random.ts';
import type { CrashMoment } from '../faults/fault-proxy.ts';
import type { FaultyService } from '../faults/service-faults.ts';
import { emailRegion, type RegionName, regionNames } from '../pipeline/names.ts';
import { kinesisDestination, type Place } from '../pipeline/pipeline-options.ts';

export const victims = ['runner', 'worker', 'dynamodb', 'kinesis'] as const;
export type Victim = (typeof victims)[number];

/** Where a function writes. */
export interface WritePoint extends Place {
  readonly service: FaultyService;
}

export type Moment =
  /** Around the first write that comes by at one of several points. */
  | { readonly at: 'write'; readonly points: readonly WritePoint[]; readonly when: CrashMoment }
  /** While a position is written to disk. */
  | { readonly at: 'save'; readonly place: Place }
  /** While the runner starts again after a kill just before. */
  | { readonly at: 'start'; readonly afterMs: number }
  | { readonly at: 'any'; readonly afterMs: number };

export interface Kill {
  readonly victim: Victim;
  /** Where the victim is a DynamoDB, and no write says which. */
  readonly region: RegionName;
  readonly moment: Moment;
}

/** Of every twenty kills, about as many as one has to wait for them. */
const deck: readonly Victim[] = [
  ...Array.from({ length: 8 }, () => 'runner' as const),
  ...Array.from({ length: 7 }, () => 'worker' as const),
  ...Array.from({ length: 4 }, () => 'dynamodb' as const),
  'kinesis',
];

type Point = readonly [consumer: string, service: FaultyService, weight: number];

/** By how often a function writes there: one that seldom does is waited for in vain most of the time. */
const inEveryRegion: readonly Point[] = [
  ['aggregates', 'dynamodb', 6],
  ['search-index', 'opensearch', 6],
  ['search-index', 's3', 1],
  ['replicator', 'remoteDynamodb', 6],
  ['replicator', 'dynamodb', 2],
  ['usage-analytics', 'dynamodb', 1],
  ['archive', 's3', 2],
];
const inEmailRegion: readonly Point[] = [
  ['welcome-email', 'dynamodb', 6],
  ['welcome-email', 'ses', 4],
  ['welcome-email', 's3', 1],
  ['email-settler', 'dynamodb', 4],
  ['email-settler', 'ses', 1],
];

/** Every way from a function to what it writes to. */
export const writePoints: readonly WritePoint[] = regionNames.flatMap((region) =>
  pointsIn(region).map(([consumer, service]) => ({ consumer, region, service })),
);

/** As often as they are to be picked. */
const weighted: readonly WritePoint[] = regionNames.flatMap((region) =>
  pointsIn(region).flatMap(([consumer, service, weight]) =>
    Array.from({ length: weight }, () => ({ consumer, region, service })),
  ),
);

function pointsIn(region: RegionName): readonly Point[] {
  return [...inEveryRegion, ...(region === emailRegion ? inEmailRegion : [])];
}

const mappings = ['aggregates', 'replicator', 'search-index', 'usage-analytics', 'archive'];
const longestWaitMs = 600;
const pointsWatched = 4;

export function planKills(count: number, random: SeededRandom): readonly Kill[] {
  const dealt: Victim[] = [];
  while (dealt.length < count) dealt.push(...random.shuffled(deck));
  return dealt
    .slice(0, count)
    .map((victim) => ({ victim, moment: momentFor(victim, random), region: random.pick(regionNames) }));
}

/** The DynamoDB that a write of this kind reaches. */
export function engineOf({ region, service }: WritePoint): RegionName {
  const [one, other] = regionNames;
  return service === 'remoteDynamodb' ? (region === one ? other : one) : region;
}

function momentFor(victim: Victim, random: SeededRandom): Moment {
  const any = { at: 'any', afterMs: random.integer(0, longestWaitMs) } as const;
  const kind = random.next();
  switch (victim) {
    case 'kinesis':
      return any;
    case 'dynamodb':
      return kind < 0.7 ? writeAmong(isOfDynamoDb, random) : any;
    case 'worker':
      return writeAmong(() => true, random);
    case 'runner':
      if (kind < 0.55) return writeAmong(() => true, random);
      if (kind < 0.75) return { at: 'save', place: pick(places(), random) };
      return kind < 0.85 ? { ...any, at: 'start' } : any;
  }
}

function isOfDynamoDb({ service }: WritePoint): boolean {
  return service === 'dynamodb' || service === 'remoteDynamodb';
}

function places(): Place[] {
  // Half of them of the destination: nobody else's position is kept so soon after what it stands for.
  const saved = [...mappings, ...mappings.map(() => kinesisDestination)];
  return regionNames.flatMap((region) => saved.map((consumer) => ({ consumer, region })));
}

function writeAmong(accepts: (point: WritePoint) => boolean, random: SeededRandom): Moment {
  const when = random.pick<CrashMoment>(['before', 'after', 'late']);
  // A mail that lands later than the ten seconds after which the laptop takes it for lost would go out twice, rightly.
  const fitting = weighted.filter((point) => accepts(point) && !(when === 'late' && point.service === 'ses'));
  return { at: 'write', points: random.shuffled(fitting).slice(0, pointsWatched), when };
}

function pick<T>(values: readonly T[], random: SeededRandom): T {
  const [first, ...others] = values;
  if (first === undefined) throw new Error('There is nothing to pick from.');
  return random.pick([first, ...others]);
}
