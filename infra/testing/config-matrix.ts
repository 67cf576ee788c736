import type { StageConfig } from '../stage-config.ts';
import { configProblems } from '../validate-config.ts';
import { type Choice, pairwise } from './pairwise.ts';
import { house, sampleConfig } from './sample-stage.ts';

const both = sampleConfig.regions;
const [home = '', away = ''] = both;

/** Each value of each field of the configuration that makes a difference to the templates. */
const values = {
  regions: [{ regions: both }, { regions: [home] }],
  replication: (['active-active', 'one-way', 'global-table', 'off'] as const).map((replication) => ({ replication })),
  emailRegion: [{ emailRegion: home }, { emailRegion: away }],
  sender: [
    { sender: { ...sampleConfig.sender, identity: 'create', verifies: 'domain' } },
    { sender: { ...sampleConfig.sender, identity: 'existing', verifies: 'address' } },
  ],
  search: [
    searchIn('vpc', 2),
    searchIn('public', 1),
    searchIn('vpc', 1),
    searchIn('public', 2),
    { search: { kind: 'none' } },
  ],
  kinesis: [
    { kinesis: { mode: 'onDemand' }, kinesisRetentionH: 24 },
    { kinesis: { mode: 'provisioned', shards: 4 }, kinesisRetentionH: 8_760 },
  ],
  enhancedFanOut: [{ enhancedFanOut: [] }, { enhancedFanOut: ['search-index', 'welcome-email'] }],
  archive: [{ archive: { expiresAfterDays: 365 } }, { archive: 'off' }],
  removal: [
    { stage: 'production', removal: 'retain' },
    { stage: 'trial', removal: 'destroy' },
  ],
  table: [{ table: { kind: 'create' } }, { table: { kind: 'import', name: 'people', streamArnByRegion: streams() } }],
  keys: [{ keys: 'aws' }, { keys: { arnByRegion: customerKeys() } }],
} as const satisfies Record<string, readonly Partial<StageConfig>[]>;

type Field = keyof typeof values;

/** Configurations in which every possible pair of values meets at least once. */
export function configMatrix(): readonly StageConfig[] {
  const fields = Object.fromEntries(Object.entries(values).map(([field, list]) => [field, list.length])) as Record<
    Field,
    number
  >;
  const isPossible = (choice: Choice<Field>): boolean => configProblems(configOf(choice), house).length === 0;
  return pairwise({ fields, isPossible }).map(configOf);
}

function configOf(choice: Choice<Field>): StageConfig {
  const parts = Object.entries(values).map(([field, list]) => list[choice[field as Field]]);
  return Object.assign({}, sampleConfig, ...parts);
}

function searchIn(network: 'vpc' | 'public', dataNodes: number) {
  return { search: { kind: 'domain' as const, network, instanceType: 'r7g.large.search', dataNodes, volumeGb: 100 } };
}

function streams(): Record<string, string> {
  return byRegion((region) => `arn:aws:dynamodb:${region}:123456789012:table/people/stream/2026-01-01T00:00:00.000`);
}

function customerKeys(): Record<string, string> {
  return byRegion((region) => `arn:aws:kms:${region}:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`);
}

function byRegion(arnOf: (region: string) => string): Record<string, string> {
  return Object.fromEntries(both.map((region) => [region, arnOf(region)]));
}
