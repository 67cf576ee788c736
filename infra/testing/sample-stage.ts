import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { documentedStage } from '../cost/documented-stage.ts';
import type { House } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';

export const house: House = { table, registry };

/** A stage with everything in it. Tests vary it; what users write in `infra/config.ts` does not touch them. */
export const sampleConfig: StageConfig = {
  ...documentedStage,
  runbookUrl: 'https://example.com/operate.md',
  sender: { ...documentedStage.sender, identity: 'create' },
};
