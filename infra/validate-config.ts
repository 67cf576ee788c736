import { type ConfigProblem, configError } from './config-error.ts';
import { imports, keys, kinesis, mail, naming, places, removal, search } from './config-rules.ts';
import type { House } from './region-plan.ts';
import type { StageConfig } from './stage-config.ts';

/** Empty when templates can be made of it. */
export function configProblems(config: StageConfig, house: House): readonly ConfigProblem[] {
  const rules = [
    ...naming(config, house),
    ...places(config),
    ...mail(config),
    ...kinesis(config, house),
    ...search(config),
    ...removal(config),
    ...imports(config),
    ...keys(config),
  ];
  return rules.flatMap(([field, isFine, say]) => (isFine ? [] : [{ field, say }]));
}

/** @throws {ConfigError} naming every field and what to write */
export function assertValid(config: StageConfig, house: House): void {
  const problems = configProblems(config, house);
  if (problems.length > 0) throw configError(config.stage, problems);
}

/**
 * Templates can be made of the configuration as it comes with the project; nothing must be deployed with addresses
 * that nobody reads.
 */
export function placeholderProblems({ alarmAddress, sender }: StageConfig): readonly ConfigProblem[] {
  const isPlaceholder = (address: string): boolean => /@example\.(com|org|net)$/.test(address);
  const fields = [
    ['alarmAddress', alarmAddress],
    ['sender.address', sender.address],
  ] as const;
  return fields.flatMap(([field, address]) =>
    isPlaceholder(address) ? [{ field, say: `write an address of yours, ${address} is nobody's` }] : [],
  );
}
