import { CreateStreamCommand, PutRecordsCommand, waitUntilStreamExists } from '@aws-sdk/client-kinesis';
import {
  type InvocationOutcome,
  kinesisSource,
  type MappingSettings,
  memoryPositions,
  type RunningMapping,
  realClock,
  startMapping,
} from '@tributary/event-source-mapping';
import { expect } from 'vitest';
import { startKinesis } from '../local/engines/kinesis.ts';
import { createLocalKinesisClient } from '../local/engines/kinesis-client.ts';
import { createPortAllocator } from '../local/engines/ports.ts';
import { kinesisCalls } from '../local/pipeline/stream-clients.ts';
import type { Invoke } from '../shared/runtime/services.ts';
import { invocationContext } from '../shared/testing/base-services.ts';
import type { KinesisRecord } from '../shared/testing/record-builder.ts';

export const region = 'eu-west-1';
const stream = 'users-changes';
const streamArn = `arn:aws:kinesis:${region}:000000000000:stream/${stream}`;

/** What becomes of an invocation: `killBefore` and `killAfter` its work, or `throttled`, without reaching it. */
export type Mishap = 'none' | 'killBefore' | 'killAfter' | 'throttled';

/** A Kinesis stream of two shards on the embedded engine, and event source mappings that read it. */
export interface KinesisWorld {
  /** Sends the data of these records; the engine gives them their sequence numbers, shards and times of arrival. */
  put(records: readonly KinesisRecord[]): Promise<void>;
  /** A mapping that goes on where the one before was stopped. */
  startMapping(options: {
    readonly handler: Invoke;
    readonly mapping: Partial<MappingSettings>;
    /** One for each invocation, then `none`. */
    readonly mishaps: Mishap[];
  }): Promise<RunningMapping>;
  stop(): Promise<void>;
}

export async function startKinesisWorld(): Promise<KinesisWorld> {
  const engine = await startKinesis({ port: await createPortAllocator().take(0) });
  const client = createLocalKinesisClient({ endpoint: engine.url, region });
  await client.send(new CreateStreamCommand({ StreamName: stream, ShardCount: 2 }));
  await waitUntilStreamExists({ client, maxWaitTime: 5, minDelay: 1 }, { StreamName: stream });
  const positions = memoryPositions();
  const source = kinesisSource({ client: kinesisCalls(client), streamArn, region, invokeIdentityArn: 'local' });
  return {
    put: async (records) => {
      const Records = records.map(({ kinesis }) => ({
        PartitionKey: kinesis.partitionKey,
        Data: Buffer.from(kinesis.data, 'base64'),
      }));
      const { FailedRecordCount } = await client.send(new PutRecordsCommand({ StreamName: stream, Records }));
      expect(FailedRecordCount).toBe(0);
    },
    startMapping: ({ handler, mapping, mishaps }) =>
      startMapping({
        mapping: {
          UUID: '00000000-0000-4000-8000-000000000001',
          EventSourceArn: streamArn,
          FunctionName: 'consumer',
          StartingPosition: 'TRIM_HORIZON',
          BisectBatchOnFunctionError: true,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ...mapping,
        },
        source,
        invoke: (event) => invoke(handler, { event: structuredClone(event), mishap: mishaps.shift() ?? 'none' }),
        clock: realClock(),
        random: Math.random,
        positions,
        deliver: () => Promise.reject(new Error('nothing is given up')),
        observer: () => undefined,
        tuning: {
          polling: { idleMs: 50, behindMs: 0 },
          backoff: { baseMs: 20, maximumMs: 200 },
          windowGraceMs: 300,
        },
      }),
    stop: async () => {
      client.destroy();
      await engine.stop();
    },
  };
}

async function invoke(
  handler: Invoke,
  { event, mishap }: { readonly event: unknown; readonly mishap: Mishap },
): Promise<InvocationOutcome> {
  const killed: InvocationOutcome = { kind: 'functionError', error: { errorType: 'Error', errorMessage: 'killed' } };
  if (mishap === 'throttled') return { kind: 'notDelivered', reason: 'throttled' };
  if (mishap === 'killBefore') return killed;
  const outcome = await handler(event, invocationContext).then(
    (payload): InvocationOutcome => ({ kind: 'returned', payload }),
    () => killed,
  );
  return mishap === 'killAfter' ? killed : outcome;
}
