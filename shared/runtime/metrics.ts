import { InvariantError } from '../batch/errors.ts';

export interface MetricDefinition {
  readonly unit: 'Count' | 'Milliseconds' | 'Percent';
  readonly meaning: string;
}

/** Dimensions of every metric: `service` is the name of the function that emits it. */
export const metricDimensions = ['service', 'stage'] as const;

/** What `service` is for a metric of which a region has one, whichever function emits it. */
export const anyFunction = 'any-function';

export const metricNamespace = 'tributary';

/**
 * Every metric of our own. Each costs money for each function that emits it, so what AWS counts for nothing (errors,
 * durations, records that were polled) is not counted again. What is to be done about them is in the catalogue of
 * alarms, which functions do not carry along.
 */
export const metricCatalogue = {
  RecordsApplied: { unit: 'Count', meaning: 'records whose effect this invocation made' },
  RecordsDuplicate: { unit: 'Count', meaning: 'records whose effect was already there' },
  RecordsStale: { unit: 'Count', meaning: 'records older than what the destination holds' },
  RecordsFiltered: { unit: 'Count', meaning: 'records that are none of the consumer’s business, or change nothing' },
  RecordsDeadLettered: { unit: 'Count', meaning: 'records kept as dead letters' },
  RecordsRetried: { unit: 'Count', meaning: 'records left unresolved: they come again' },
  EmailsSent: { unit: 'Count', meaning: 'emails that SES took' },
  EmailsDelivered: { unit: 'Count', meaning: 'emails that the recipient’s mail server took' },
  EmailsRefused: { unit: 'Count', meaning: 'attempts that SES did not take for now: they are repeated' },
  EmailsUnknown: { unit: 'Count', meaning: 'attempts of which only an SES event can tell whether SES took them' },
  EmailsSuppressed: { unit: 'Count', meaning: 'emails not sent: the address bounced for good or complained before' },
  EmailsParked: {
    unit: 'Count',
    meaning: 'emails of which nothing was heard after an attempt: not sent again by themselves',
  },
  EmailsRejected: {
    unit: 'Count',
    meaning: 'emails that SES will never take: an invalid address, a sender that is not verified',
  },
  EmailsBounced: { unit: 'Count', meaning: 'emails that came back; addresses that do not exist are suppressed' },
  EmailsComplained: { unit: 'Count', meaning: 'emails that the recipient marked as spam; the address is suppressed' },
  EmailQuotaUsedPercent: { unit: 'Percent', meaning: 'how much of the account’s daily quota of SES has been sent' },
  ReplicaConflicts: {
    unit: 'Count',
    meaning: 'versions of items that lost to one written elsewhere without having seen them, each kept as a row',
  },
  ReplicaConflictsPossible: {
    unit: 'Count',
    meaning: 'the same, where writes without a stamp leave open what the winner had seen',
  },
  ReplicaClockDriftMs: {
    unit: 'Milliseconds',
    meaning: 'how far the clock of a writer was ahead: until it is caught up with, its writes win',
  },
  FreshnessAggregatesMs: { unit: 'Milliseconds', meaning: 'from the canary’s write until it was counted' },
  FreshnessSearchMs: { unit: 'Milliseconds', meaning: 'from the canary’s write until its document was current' },
  FreshnessReplicaMs: { unit: 'Milliseconds', meaning: 'from the canary’s write until the other region had it' },
  FreshnessEmailMs: { unit: 'Milliseconds', meaning: 'from the canary’s sign-up until SES had taken its email' },
  TombstonesSwept: { unit: 'Count', meaning: 'tombstones removed from the search index: nothing older can come' },
  AuditedItems: { unit: 'Count', meaning: 'items whose copies an audit compared with the table' },
  AuditDifferences: {
    unit: 'Count',
    meaning: 'items that an audit found kept otherwise than they are, twice, while they stood still; groups of totals',
  },
  MemoryUsedPercent: { unit: 'Percent', meaning: 'what a function’s process took of the memory it is given' },
} as const satisfies Record<string, MetricDefinition>;

export type MetricName = keyof typeof metricCatalogue;

export interface Metrics {
  /** Adds to what the next flush writes. @throws {InvariantError} for a name outside the catalogue */
  add(name: MetricName, value: number): void;
  /** Writes what was added since the last flush, as one line; nothing when nothing was. */
  flush(): void;
}

/** Holds the catalogue closed at run time as well: a name may come from data. */
export function catalogued(sink: Metrics): Metrics {
  return {
    add: (name, value) => {
      if (!Object.hasOwn(metricCatalogue, name)) {
        throw new InvariantError('invariant', `There is no metric ${name}: add it to the catalogue in metrics.ts.`);
      }
      sink.add(name, value);
    },
    flush: () => sink.flush(),
  };
}
