/** Everything that can go wrong in a run, by the name that `--faults`, reports and histories use. */

/** What befalls one call of a service by a function. */
export const callFaults = [
  'crash-before',
  'crash-after',
  'crash-in-flight',
  'timeout',
  'slow',
  'reply-lost',
  'late-write',
  'sdk-repeat',
  'throttle',
  'unavailable',
  'conflict',
  'partial',
] as const;

/** What befalls an invocation as a whole. */
export const invocationFaults = ['answer-lost', 'not-delivered'] as const;

/** What lasts for a while. */
export const outages = [
  'sink-down',
  'age-exhausted',
  'answers-lost',
  'partition',
  'dead-letters-down',
  'poison',
] as const;

/** What happens to streams, mappings and deployments. */
export const worldFaults = [
  'duplicate',
  'reorder',
  'tie',
  'foreign-record',
  'split',
  'rollover',
  'iterator-expired',
  'read-throttled',
  'mapping-recreated',
  'deployment',
  'clock-skew',
  'redrive-in-traffic',
  'redrive-at-once',
  'redrive-processed',
] as const;

/** What befalls the events of the mail service. */
export const eventFaults = ['event-lost', 'event-late', 'event-doubled'] as const;

export const faultNames = [...callFaults, ...invocationFaults, ...outages, ...worldFaults, ...eventFaults] as const;

export type CallFault = (typeof callFaults)[number];
export type FaultName = (typeof faultNames)[number];

export function isFaultName(name: string): name is FaultName {
  return faultNames.some((each) => each === name);
}
