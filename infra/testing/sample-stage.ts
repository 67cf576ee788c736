import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import type { House } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';

export const house: House = { table, registry };

/** A stage with everything in it. Tests vary it; what users write in `infra/config.ts` does not touch them. */
export const sampleConfig: StageConfig = {
  name: 'tributary',
  stage: 'production',
  regions: ['eu-west-1', 'us-east-1'],
  alarmAddress: 'oncall@example.com',
  runbookUrl: 'https://example.com/operate.md',
  emailRegion: 'eu-west-1',
  sender: { address: 'welcome@example.com', identity: 'create', verifies: 'domain' },
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
