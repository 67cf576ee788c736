import type { Observer, RunningMapping } from '@tributary/event-source-mapping';
import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import { createOutcomeCounts } from './outcome-counts.ts';

/** One running function and what is known of its work. */
export interface Consumer {
  readonly definition: ConsumerDefinition;
  readonly host: FunctionHost;
  /** Absent for functions without a mapping. */
  readonly mapping?: RunningMapping;
  status(): ConsumerStatus;
}

export interface ConsumerStatus {
  readonly name: string;
  /** Records in the source that the mapping has not dealt with; undefined for functions without a mapping. */
  readonly behind?: number;
  readonly iteratorAgeMs?: number;
  readonly invocations: number;
  readonly functionErrors: number;
  /** Last position by shard, for those that have one. */
  readonly positions: Readonly<Record<string, string>>;
  /** Records by metric name (`RecordsApplied`, ...), redeliveries counted again. */
  readonly metrics: Readonly<Record<string, number>>;
}

export interface Activity {
  readLine(line: string): void;
  readonly observe: Observer;
  invocations(): number;
  functionErrors(): number;
  metrics(): Readonly<Record<string, number>>;
}

/** Counts what one function and its mapping do, as they do it. */
export function createActivity(): Activity {
  const counts = createOutcomeCounts();
  let invocations = 0;
  let functionErrors = 0;
  return {
    readLine: (line) => counts.read(line),
    observe: (activity) => {
      if (activity.kind === 'invocation') invocations += 1;
      if (activity.kind === 'invocationEnded' && activity.outcome.kind === 'functionError') functionErrors += 1;
    },
    invocations: () => invocations,
    functionErrors: () => functionErrors,
    metrics: () => counts.sums(),
  };
}

export function createConsumer(parts: {
  readonly definition: ConsumerDefinition;
  readonly host: FunctionHost;
  readonly activity: Activity;
  readonly mapping?: RunningMapping;
  /** Records that the source has taken so far. */
  readonly written?: () => number;
}): Consumer {
  const { definition, host, activity, mapping, written } = parts;
  return {
    definition,
    host,
    ...(mapping === undefined ? {} : { mapping }),
    status: () => ({
      name: definition.name,
      invocations: activity.invocations(),
      functionErrors: activity.functionErrors(),
      metrics: activity.metrics(),
      ...progress(mapping, written?.() ?? 0),
    }),
  };
}

function progress(mapping: RunningMapping | undefined, written: number) {
  if (mapping === undefined) return { positions: {} };
  const { shards, metrics } = mapping.status();
  const lags = shards.filter(({ inFlight, buffered }) => inFlight + buffered > 0).map(({ lagMs }) => lagMs);
  return {
    behind: Math.max(0, written - metrics.processed - metrics.dropped - metrics.delivered),
    iteratorAgeMs: Math.max(0, ...lags),
    positions: Object.fromEntries(
      shards.flatMap(({ shardId, checkpoint }) => (checkpoint === undefined ? [] : [[shardId, checkpoint]])),
    ),
  };
}
