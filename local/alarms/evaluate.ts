import type { AlarmState } from '../../shared/operations/alarms.ts';
import type { AlarmDefinition } from '../../shared/runtime/alarms/alarm-definition.ts';

export interface Evaluation {
  readonly definition: Pick<AlarmDefinition, 'fires' | 'points' | 'of' | 'whenMissing'>;
  readonly threshold: number;
  /** The last `of` periods, undefined where nothing was reported. */
  readonly values: readonly (number | undefined)[];
  /** Whether somebody measured for all of these periods. */
  readonly isWhole: boolean;
}

/**
 * Whether an alarm is on, as CloudWatch decides: `points` of the last `of` periods are beyond the threshold, and a
 * period of which nothing is known counts as the definition says.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
 */
export function evaluate({ definition, threshold, values, isWhole }: Evaluation): AlarmState {
  const { fires, points, whenMissing } = definition;
  const missing = whenMissing === 'trouble' && isWhole;
  const breaching = values.filter((value) => (value === undefined ? missing : beyond[fires](value, threshold)));
  if (breaching.length >= points) return 'on';
  return isWhole || whenMissing === 'fine' ? 'ok' : 'unknown';
}

const beyond: Readonly<Record<AlarmDefinition['fires'], (value: number, threshold: number) => boolean>> = {
  above: (value, threshold) => value > threshold,
  atLeast: (value, threshold) => value >= threshold,
  atMost: (value, threshold) => value <= threshold,
  below: (value, threshold) => value < threshold,
};
