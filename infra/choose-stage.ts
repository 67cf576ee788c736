import { parseArgs } from 'node:util';
import { ConfigError } from './config-error.ts';
import type { StageConfig } from './stage-config.ts';

/** The stage that `--stage NAME` means; the first without it. @throws {ConfigError} naming the stages that there are */
export function chooseStage(stages: readonly StageConfig[], args: readonly string[]): StageConfig {
  const { values } = parseArgs({ args: [...args], options: { stage: { type: 'string' } } });
  const chosen = values.stage === undefined ? stages[0] : stages.find(({ stage }) => stage === values.stage);
  if (chosen !== undefined) return chosen;
  const known = stages.map(({ stage }) => stage).join(', ') || 'none';
  throw new ConfigError(`There is no stage ${values.stage ?? ''} in infra/config.ts; there is ${known}.`);
}
