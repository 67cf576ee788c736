import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FatalConfigError, InvariantError, PoisonRecordError, RetryableError } from '../batch/errors.ts';
import type { Outcome, Sink } from '../batch/sink.ts';
import type { Change } from '../change/change.ts';
import { objectStoreTwin } from '../services/s3/twin.ts';
import { queueTwin } from '../services/sqs/twin.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import { secondSchema } from '../testing/second-schema.ts';
import type { StreamConsumerDefinition } from './consumer-definition.ts';
import { createStreamHandler } from './create-stream-handler.ts';
import { deadLetterStore } from './dead-letters.ts';
import { metricDimensions, metricNamespace } from './metrics.ts';
import { powertoolsLog } from './powertools-log.ts';
import { powertoolsMetrics } from './powertools-metrics.ts';
import type { BaseServices } from './services.ts';

const canary = 'canary.person@example.com';
const context = { awsRequestId: 'request-1', getRemainingTimeInMillis: () => 60_000 };
const clock = { nowMs: () => 1_000, sleep: async () => {} };

let written: string[];
let services: BaseServices;

beforeEach(() => {
  written = captureStandardOutput();
  const config = {
    consumer: 'probe',
    region: 'eu-central-1',
    stage: 'test',
    codeVersion: '1',
    deadLetters: { bucket: 'b', queueUrl: 'http://127.0.0.1/q' },
    value: (variable: string) => variable,
  };
  services = {
    config,
    clock,
    random: () => 0,
    log: powertoolsLog(config),
    metrics: powertoolsMetrics(config),
    deadLetters: deadLetterStore({ objects: objectStoreTwin(), notices: queueTwin(), clock, codeVersion: '1' }),
  };
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** Lambda reads lines from standard output and error: what is not in them is in no log. */
function captureStandardOutput(): string[] {
  const lines: string[] = [];
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => lines.push(String(chunk)) > 0);
  }
  return lines;
}

function definitionOf(kind: 'stream' | 'kinesis', tumblingWindowS = 0): StreamConsumerDefinition {
  return {
    name: 'probe',
    summary: 'A consumer for tests.',
    strategy: 'each',
    timeoutS: 60,
    memoryMb: 512,
    uses: [],
    trigger: {
      kind,
      mapping: {
        startingPosition: 'TRIM_HORIZON',
        batchSize: 10,
        maximumBatchingWindowS: 0,
        parallelizationFactor: 1,
        tumblingWindowS,
        maximumRetryAttempts: -1,
        maximumRecordAgeS: 72_000,
        bisectBatchOnFunctionError: true,
        reportBatchItemFailures: true,
        onFailure: 's3',
      },
    },
  };
}

function handlerWith(
  apply: (change: Change) => Promise<Outcome>,
  options: { definition?: StreamConsumerDefinition; effects?: (change: Change) => Change | undefined } = {},
) {
  const sink: Sink<Change> = { strategy: 'each', concurrency: 1, apply: ({ request }) => apply(request) };
  const { definition = definitionOf('kinesis'), effects = (change) => change } = options;
  return createStreamHandler({ definition, table: secondSchema.table, effects, sink, services });
}

const applied = async (): Promise<Outcome> => ({ kind: 'applied' });
const person = (name: string) => ({ id: canary, email: canary, name });

describe('createStreamHandler', () => {
  it('refuses a sink that takes batches otherwise than the definition says', () => {
    const definition = { ...definitionOf('kinesis'), strategy: 'newest' as const };
    expect(() => handlerWith(applied, { definition })).toThrow('takes batches by "each"');
  });
});

describe('createStreamHandler: the answer', () => {
  it('names nothing when every record is resolved', async () => {
    const { insert } = kinesisRecords();
    expect(await handlerWith(applied)({ Records: [insert(person('a'))] }, context)).toEqual({ batchItemFailures: [] });
  });

  it('names the record that has to come again', async () => {
    const { insert } = kinesisRecords();
    const handler = handlerWith(async () => {
      throw new RetryableError('sink-throttled', 'slow down');
    });
    const event = { Records: [insert(person('a'), { sequenceNumber: '77' })] };
    expect(await handler(event, context)).toEqual({ batchItemFailures: [{ itemIdentifier: '77' }] });
  });

  it('carries an empty state in a tumbling window, because Lambda fails an answer without one', async () => {
    const { insert } = streamRecords();
    const handler = handlerWith(applied, { definition: definitionOf('stream', 900) });
    const event = { Records: [insert(person('a'))], shardId: 'shardId-1', window: { start: '', end: '' } };
    expect(await handler(event, context)).toEqual({ state: {}, batchItemFailures: [] });
  });

  it('does nothing at the end of a window', async () => {
    const handler = handlerWith(async () => Promise.reject(new Error('reached the sink')), {
      definition: definitionOf('stream', 900),
    });
    const event = { Records: [], shardId: 'shardId-1', isFinalInvokeForWindow: true, window: {} };
    expect(await handler(event, context)).toEqual({ state: {}, batchItemFailures: [] });
  });

  it('applies records that come with the end of a window', async () => {
    const { insert } = streamRecords();
    const seen: string[] = [];
    const handler = handlerWith(
      async (change) => {
        seen.push(change.position.sequenceNumber);
        return { kind: 'applied' };
      },
      { definition: definitionOf('stream', 900) },
    );
    const record = insert(person('a'), { sequenceNumber: '7' });
    const event = { Records: [record], shardId: 'shardId-1', isFinalInvokeForWindow: true, window: {} };
    expect(await handler(event, context)).toEqual({ state: {}, batchItemFailures: [] });
    expect(seen).toEqual(['7']);
  });

  it('fails with what to set when a batch of a window names no shard', async () => {
    const { insert } = streamRecords();
    const handler = handlerWith(applied, { definition: definitionOf('stream', 900) });
    await expect(handler({ Records: [insert(person('a'))] }, context)).rejects.toThrow(
      /needs: set TumblingWindowInSeconds \(900\)/,
    );
  });

  it('tells of tombstones as removals, and as they are stored where the definition says so', async () => {
    const record = kinesisRecords().modify(person('a'), { id: canary, [secondSchema.table.tombstoneAttribute]: true });
    const seen: Change['op'][] = [];
    const note = async ({ op }: Change): Promise<Outcome> => {
      seen.push(op);
      return { kind: 'applied' };
    };
    await handlerWith(note)({ Records: [record] }, context);
    const definition = { ...definitionOf('kinesis'), tombstones: 'shown' } as const;
    await handlerWith(note, { definition })({ Records: [record] }, context);
    expect(seen).toEqual(['remove', 'modify']);
  });

  it('refuses an event that is no batch', async () => {
    await expect(handlerWith(applied)({ source: 'aws.events' }, context)).rejects.toThrow(/event source mapping only/);
  });

  it('stays an error when the batch has to be aborted: an answer would pass for success', async () => {
    const { insert } = kinesisRecords();
    const handler = handlerWith(async () =>
      Promise.reject(new FatalConfigError('configuration', 'create the table x')),
    );
    await expect(handler({ Records: [insert(person('a'))] }, context)).rejects.toThrow('create the table x');
  });

  it('fails with an error that says what to do about it to whoever calls it in a process of their own', async () => {
    const { insert } = kinesisRecords();
    const handler = handlerWith(async () => Promise.reject(new FatalConfigError('configuration', 'create it')));
    await expect(handler({ Records: [insert(person('a'))] }, context)).rejects.toMatchObject({
      ...{ name: 'FatalConfigError', disposition: 'abort', code: 'configuration' },
    });
  });
});

describe('createStreamHandler: what it writes', () => {
  const quoting = `refused the value ${canary}`;

  it.each([
    { fault: 'none', fail: applied },
    { fault: 'unknown error', fail: async () => Promise.reject(new TypeError(quoting)) },
    {
      fault: 'throttling',
      fail: async () =>
        Promise.reject(
          new RetryableError('sink-throttled', quoting, { cause: new Error(quoting, { cause: quoting }) }),
        ),
    },
    { fault: 'rejection', fail: async () => Promise.reject(new PoisonRecordError('sink-rejected', quoting)) },
    {
      fault: 'abort',
      fail: async () => Promise.reject(new InvariantError('invariant', 'broken', { cause: new Error(quoting) })),
    },
  ])('shows no personal data of the records or of the sink: $fault', async ({ fail }) => {
    const { insert, modify } = kinesisRecords();
    const Records = [insert(person('a')), modify(person('a'), person(canary))];
    const problem = await handlerWith(fail)({ Records }, context).catch((error: unknown) => error);
    expect(written.join('')).not.toContain(canary);
    expect(describeWhole(problem)).not.toContain(canary);
  });

  it('shows no personal data of what effects could not read', async () => {
    const { insert } = kinesisRecords();
    const effects = () => {
      throw new Error(`${quoting}\n at ${canary}:1:1`);
    };
    await handlerWith(applied, { effects })({ Records: [insert(person('a'))] }, context);
    expect(written.join('')).toContain('effects-failed');
    expect(written.join('')).not.toContain(canary);
  });

  it('counts every record once, in the embedded metric format, by consumer and stage', async () => {
    const { insert } = kinesisRecords();
    await handlerWith(applied)({ Records: [insert(person('a')), insert(person('b'))] }, context);
    const line = written.find((each) => each.includes('"_aws"')) ?? '{}';
    expect(JSON.parse(line)).toMatchObject({
      service: 'probe',
      stage: 'test',
      RecordsApplied: 2,
      _aws: { CloudWatchMetrics: [{ Namespace: metricNamespace, Dimensions: [metricDimensions] }] },
    });
  });
});

/** Everything that Lambda would write of what a handler throws or answers. */
function describeWhole(problem: unknown): string {
  if (!(problem instanceof Error)) return JSON.stringify(problem);
  return [problem.name, problem.message, problem.stack, JSON.stringify(problem), String(problem.cause)].join('\n');
}
