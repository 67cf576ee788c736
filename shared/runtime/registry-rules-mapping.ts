import type { StreamConsumerDefinition } from './consumer-definition.ts';

/** A person needs time to act before the source forgets a record: of its 24 hours, four are left. */
const recordAgeMaxS = 20 * 60 * 60;

const ranges = {
  batchSize: { min: 1, max: 10_000 },
  maximumBatchingWindowS: { min: 0, max: 300 },
  parallelizationFactor: { min: 1, max: 10 },
  tumblingWindowS: { min: 0, max: 900 },
  maximumRetryAttempts: { min: -1, max: 10_000 },
  maximumRecordAgeS: { min: 60, max: recordAgeMaxS },
} as const;

/** What is wrong with the settings of a mapping, each in a sentence that says what to set. */
export function mappingProblems({
  strategy,
  trigger,
}: Pick<StreamConsumerDefinition, 'strategy' | 'trigger'>): readonly string[] {
  const { mapping } = trigger;
  const { parallelizationFactor, tumblingWindowS } = mapping;
  const problems = Object.entries(ranges).flatMap(([field, { min, max }]) => {
    const value = mapping[field as keyof typeof ranges];
    return Number.isInteger(value) && value >= min && value <= max ? [] : [`${field} must be ${min} to ${max}`];
  });
  if (tumblingWindowS > 0 && parallelizationFactor > 1) {
    problems.push('tumblingWindowS and parallelizationFactor above 1 exclude each other: a window is of a whole shard');
  }
  if (strategy === 'range' && parallelizationFactor > 1) {
    problems.push('parallelizationFactor must be 1: cuts are of a whole shard, in its order');
  }
  if (tumblingWindowS === 0 && (strategy === 'window' || (strategy === 'range' && trigger.kind === 'stream'))) {
    problems.push(`tumblingWindowS must be set: the strategy ${strategy} needs what only a window tells`);
  }
  if (mapping.startingPosition !== 'TRIM_HORIZON') {
    problems.push('startingPosition must be TRIM_HORIZON: what was written before the mapping was ready would be lost');
  }
  if (!mapping.bisectBatchOnFunctionError) {
    problems.push('bisectBatchOnFunctionError must be true: one record that fails a batch would hold up all of it');
  }
  if (!mapping.reportBatchItemFailures) {
    problems.push('reportBatchItemFailures must be true: without it Lambda takes every answer for success');
  }
  if (mapping.onFailure !== 's3') {
    problems.push("onFailure must be 's3': anything else keeps pointers, which die with the shard");
  }
  return problems;
}
