import { createHash } from 'node:crypto';
import {
  type Deliver,
  type InvocationOutcome,
  type MappingSettings,
  type Observer,
  type PositionStore,
  type RunningMapping,
  realClock,
  type Source,
  startMapping,
} from '@tributary/event-source-mapping';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { FunctionHost } from '../functions/function-host.ts';
import type { Start } from './movable-mapping.ts';

export interface ConsumerMappingOptions {
  readonly definition: StreamConsumerDefinition;
  readonly source: Source;
  readonly host: FunctionHost;
  readonly failureBucketArn: string;
  readonly deliver: Deliver;
  readonly positions: PositionStore;
  readonly observer: Observer;
}

/** The consumer's event source mapping as it is deployed, but for where it is told to start. */
export function startConsumerMapping(
  options: ConsumerMappingOptions,
  from: Partial<Start> = {},
): Promise<RunningMapping> {
  const { definition, source, host, deliver, positions, observer } = options;
  return startMapping({
    mapping: { ...mappingSettings(definition, source.arn, options.failureBucketArn), ...from },
    source,
    invoke: async (event) => outcomeOf(await host.invoke(event)),
    clock: realClock(),
    random: Math.random,
    positions,
    deliver,
    observer,
    // A laptop has nobody who waits a minute for a sink to come back.
    tuning: {
      polling: pollingOf(definition),
      windowGraceMs: 1_000,
      backoff: { baseMs: 200, maximumMs: 2_000 },
    },
  });
}

const leastPollMs = 100;

/**
 * Often enough that nobody waits for a poll: a consumer that gathers for seconds is polled ten times in that while.
 * Under steady writes every read finds something, and a mapping that read again at once would do nothing but read a
 * record or two.
 */
function pollingOf({ trigger: { mapping } }: StreamConsumerDefinition): { idleMs: number; behindMs: number } {
  const idleMs = Math.max(leastPollMs, mapping.maximumBatchingWindowS * 100);
  return { idleMs, behindMs: idleMs / 2 };
}

export function mappingSettings(
  { name, trigger: { mapping } }: StreamConsumerDefinition,
  eventSourceArn: string,
  failureBucketArn: string,
): MappingSettings {
  return {
    UUID: uuidOf(name),
    EventSourceArn: eventSourceArn,
    FunctionName: name,
    StartingPosition: mapping.startingPosition,
    BatchSize: mapping.batchSize,
    MaximumBatchingWindowInSeconds: mapping.maximumBatchingWindowS,
    ParallelizationFactor: mapping.parallelizationFactor,
    MaximumRetryAttempts: mapping.maximumRetryAttempts,
    MaximumRecordAgeInSeconds: mapping.maximumRecordAgeS,
    BisectBatchOnFunctionError: mapping.bisectBatchOnFunctionError,
    TumblingWindowInSeconds: mapping.tumblingWindowS,
    FunctionResponseTypes: mapping.reportBatchItemFailures ? ['ReportBatchItemFailures'] : [],
    DestinationConfig: { OnFailure: { Destination: failureBucketArn } },
  };
}

function outcomeOf(result: Awaited<ReturnType<FunctionHost['invoke']>>): InvocationOutcome {
  if (result.kind === 'returned') return result;
  const { name, message } = result.error;
  return { kind: 'functionError', error: { errorType: name, errorMessage: message } };
}

/** A consumer keeps its mapping's identity from start to start, and with it the prefix of its failure objects. */
function uuidOf(name: string): string {
  const digits = createHash('sha256').update(`event-source-mapping/${name}`).digest('hex');
  return [
    digits.slice(0, 8),
    digits.slice(8, 12),
    `4${digits.slice(13, 16)}`,
    `8${digits.slice(17, 20)}`,
    digits.slice(20, 32),
  ].join('-');
}
