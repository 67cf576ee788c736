import { ConfigError } from './config-error.ts';
import type { StageConfig } from './stage-config.ts';

/** The stage of that name; the first without one. @throws {ConfigError} naming the stages that there are */
export function chooseStage(stages: readonly StageConfig[], name?: string): StageConfig {
  const chosen = name === undefined ? stages[0] : stages.find(({ stage }) => stage === name);
  if (chosen !== undefined) return chosen;
  const known = stages.map(({ stage }) => stage).join(', ') || 'none';
  throw new ConfigError(`There is no stage ${name ?? ''} in infra/config.ts; there is ${known}.`);
}
