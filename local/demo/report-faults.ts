import type { Proxies } from '../faults/proxies.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import type { Checked } from './checkers/check-everything.ts';
import type { Crashes, FaultName, FaultReport } from './faults.ts';
import type { Sent } from './send-workload.ts';
import type { Workload } from './workload.ts';

export interface FaultEvidence {
  readonly requested: readonly FaultName[];
  readonly workload: Workload;
  readonly sent: Sent;
  /** Chapters, and the rest of a fault, that met nothing. */
  readonly missed: readonly { readonly fault: FaultName; readonly name: string }[];
  readonly crashes: Crashes;
  readonly proxies: Proxies;
  readonly pipeline: Pipeline;
  readonly checked: Checked;
}

/** What was injected, and by which traces the pipeline shows that it met it. */
export function reportFaults(evidence: FaultEvidence): Record<string, FaultReport> {
  return Object.fromEntries(
    evidence.requested.map((name) => {
      const missed = evidence.missed.filter(({ fault }) => fault === name);
      return [name, { ...reports[name](evidence), missed: missed.map((each) => each.name) }];
    }),
  );
}

const reports: Readonly<Record<FaultName, (evidence: FaultEvidence) => Omit<FaultReport, 'missed'>>> = {
  duplicates: ({ pipeline, checked }) => {
    const stats = pipeline.regions.map(({ destination }) => destination.stats());
    const injected = sum(stats.map(({ duplicated, reordered }) => duplicated + reordered));
    return { injected, observed: checked.repeatedRecords, evidence: 'records that the stream holds more than once' };
  },
  'sink-outage': ({ proxies, pipeline }) => {
    const injected = sum(
      proxies.all().map((proxy) => {
        const { refuse, throttle, dropReply } = proxy.injected();
        return refuse + throttle + dropReply;
      }),
    );
    const retried = sum(statuses(pipeline).map(({ metrics }) => metrics.RecordsRetried ?? 0));
    return { injected, observed: retried, evidence: 'records that functions gave back to be retried' };
  },
  poison: ({ workload, checked }) => ({
    injected: workload.counts.poisoned,
    observed: checked.deadLetters,
    evidence: 'dead letters',
  }),
  crash: ({ crashes, pipeline }) => {
    const { killed, inFlight } = crashes.count();
    const failed = sum(statuses(pipeline).map(({ functionErrors }) => functionErrors));
    return {
      injected: killed,
      observed: Math.min(inFlight, failed),
      evidence: 'invocations that died with their worker',
    };
  },
  conflict: ({ sent, checked }) => ({
    injected: sent.conflicting,
    observed: checked.conflicts,
    evidence: 'versions that lost and were kept',
  }),
  partition: ({ proxies, pipeline }) => {
    const refused = proxies.all().filter(({ service }) => service === 'remoteDynamodb');
    const replicators = statuses(pipeline).filter(({ name }) => name === 'replicator');
    return {
      injected: sum(refused.map((proxy) => proxy.injected().refuse)),
      observed: sum(replicators.map(({ metrics }) => metrics.RecordsRetried ?? 0)),
      evidence: 'changes that a replicator gave back to be retried',
    };
  },
  skew: ({ sent, checked }) => ({
    injected: sent.skewed,
    observed: checked.stampsAhead,
    evidence: 'records that arrived before the time of their stamp',
  }),
};

function statuses({ regions }: Pipeline) {
  return regions.flatMap(({ consumers }) => consumers.map((consumer) => consumer.status()));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
