import type { StageConfig } from '../stage-config.ts';

/** The stage that `docs/cost.md` is about: as the project comes. What you write into `infra/config.ts` is yours. */
export const documentedStage: StageConfig = {
  name: 'tributary',
  stage: 'production',
  regions: ['eu-west-1', 'us-east-1'],
  alarmAddress: 'oncall@example.com',
  runbookUrl: 'docs/operate.md',
  emailRegion: 'eu-west-1',
  sender: { address: 'welcome@example.com', identity: 'existing', verifies: 'domain' },
  replication: 'active-active',
  search: { kind: 'domain', network: 'vpc', instanceType: 'r7g.large.search', dataNodes: 2, volumeGb: 100 },
  kinesis: { mode: 'onDemand' },
  kinesisRetentionH: 168,
  enhancedFanOut: [],
  archive: { expiresAfterDays: 365 },
  removal: 'retain',
  table: { kind: 'create' },
  keys: 'aws',
};
