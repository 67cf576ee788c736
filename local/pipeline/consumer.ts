import type { ConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { MovableMapping } from './movable-mapping.ts';
import type { OutcomeCounts } from './outcome-counts.ts';

/** One running function and what is known of its work. */
export interface Consumer {
  readonly definition: ConsumerDefinition;
  readonly host: FunctionHost;
  /** Absent for functions without a mapping. */
  readonly mapping?: MovableMapping;
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

export function createConsumer(parts: {
  readonly definition: ConsumerDefinition;
  readonly host: FunctionHost;
  /** What the function said of its records. */
  readonly outcomes: OutcomeCounts;
  readonly mapping?: MovableMapping;
  /** Records that the source has taken so far. */
  readonly written?: () => number;
}): Consumer {
  const { definition, host, outcomes, mapping, written } = parts;
  return {
    definition,
    host,
    ...(mapping === undefined ? {} : { mapping }),
    status: () => ({
      name: definition.name,
      ...host.stats(),
      metrics: outcomes.sums(),
      ...progress(mapping, written?.() ?? 0),
    }),
  };
}

function progress(mapping: MovableMapping | undefined, written: number) {
  if (mapping === undefined) return { positions: {} };
  const { shards, metrics } = mapping.status();
  const lags = shards.filter(({ inFlight, buffered }) => inFlight + buffered > 0).map(({ lagMs }) => lagMs);
  return {
    behind: Math.max(0, written - mapping.skipped() - metrics.processed - metrics.dropped - metrics.delivered),
    iteratorAgeMs: Math.max(0, ...lags),
    positions: Object.fromEntries(
      shards.flatMap(({ shardId, checkpoint }) => (checkpoint === undefined ? [] : [[shardId, checkpoint]])),
    ),
  };
}
