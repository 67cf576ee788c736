import { InvariantError } from '../batch/errors.ts';

export interface MetricDefinition {
  readonly unit: 'Count' | 'Milliseconds';
  readonly meaning: string;
  /** Absent: nothing to wake anybody for. The alarm is on the sum (`Count`) or the maximum over five minutes. */
  readonly alarm?: { readonly above: number; readonly action: string };
}

/** Dimensions of every metric: `service` is the consumer's name. */
export const metricDimensions = ['service', 'stage'] as const;

export const metricNamespace = 'tributary';

/** Every metric there is. Alarms, dashboards and the console are made from it; nothing else can be emitted. */
export const metricCatalogue = {
  RecordsReceived: { unit: 'Count', meaning: 'records delivered, repeated deliveries included' },
  RecordsApplied: { unit: 'Count', meaning: 'records whose effect this invocation made' },
  RecordsDuplicate: { unit: 'Count', meaning: 'records whose effect was already there' },
  RecordsStale: { unit: 'Count', meaning: 'records older than what the destination holds' },
  RecordsFiltered: { unit: 'Count', meaning: 'records that are none of the consumer’s business, or change nothing' },
  RecordsDeadLettered: {
    unit: 'Count',
    meaning: 'records kept as dead letters',
    alarm: { above: 0, action: 'look at the error of the dead letter, mend the cause, redrive it' },
  },
  RecordsRetried: { unit: 'Count', meaning: 'records left unresolved: they come again' },
  BatchesFailed: {
    unit: 'Count',
    meaning: 'invocations that threw: a deployment fault or a bug; the batch comes again',
    alarm: { above: 0, action: 'read the error line of the function: it names what to set' },
  },
  EmailsSent: { unit: 'Count', meaning: 'emails that SES took' },
  EmailsDelivered: { unit: 'Count', meaning: 'emails that the recipient’s mail server took' },
  EmailsRefused: { unit: 'Count', meaning: 'attempts that SES did not take for now: they are repeated' },
  EmailsUnknown: { unit: 'Count', meaning: 'attempts of which only an SES event can tell whether SES took them' },
  EmailsSuppressed: { unit: 'Count', meaning: 'emails not sent: the address bounced for good or complained before' },
  EmailsParked: {
    unit: 'Count',
    meaning: 'emails of which nothing was heard after an attempt: not sent again by themselves',
    alarm: { above: 0, action: 'find out whether the email went out, and release it if not' },
  },
  EmailsRejected: {
    unit: 'Count',
    meaning: 'emails that SES will never take: an invalid address, a sender that is not verified',
    alarm: { above: 0, action: 'read the code in the email’s ledger row; mend the sender and release, or let it be' },
  },
  EmailsBounced: { unit: 'Count', meaning: 'emails that came back; addresses that do not exist are suppressed' },
  EmailsComplained: {
    unit: 'Count',
    meaning: 'emails that the recipient marked as spam; the address is suppressed',
    alarm: { above: 0, action: 'look at what is sent to whom: SES pauses accounts with many complaints' },
  },
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
    alarm: { above: 1000, action: 'mend the clock of the writers; nothing is lost, but later writes elsewhere lose' },
  },
  InvocationDurationMs: { unit: 'Milliseconds', meaning: 'time in the handler, by invocation' },
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
