import { beforeEach, describe, expect, it } from 'vitest';
import type { InvocationOutcome } from '../invocation.ts';
import { seededRandom } from '../seeded-random.ts';
import { type MemorySource, memorySource } from '../sources/memory-source.ts';
import { inserts, returned, START_MS, STREAM_ARN, thrown } from '../testing/scenario.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';
import { MappingService } from './mapping-service.ts';

const request = { EventSourceArn: STREAM_ARN, FunctionName: 'orders', StartingPosition: 'TRIM_HORIZON' } as const;
const FUNCTION_ARN = 'arn:aws:lambda:eu-west-1:000000000000:function:orders';

let clock: VirtualClock;
let source: MemorySource;
let service: MappingService;
let streams: Set<string>;
let functions: Set<string>;
let invoked: string[];
let answer: () => InvocationOutcome;

beforeEach(() => {
  clock = virtualClock({ startMs: START_MS });
  source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
  source.open('shard');
  streams = new Set([STREAM_ARN]);
  functions = new Set([FUNCTION_ARN, `${FUNCTION_ARN}:live`]);
  invoked = [];
  answer = () => returned(null);
  service = new MappingService({
    clock,
    random: seededRandom(7),
    source: (arn) => (streams.has(arn) ? source : undefined),
    invoke: (arn) =>
      functions.has(arn)
        ? async ({ Records }) => {
            invoked.push(`${arn.split('function:')[1]} ${Records.length}`);
            return answer();
          }
        : undefined,
    deliver: async () => {},
  });
});

async function enabled(): Promise<string> {
  const { UUID } = service.create(request);
  await clock.advance(1000);
  return UUID;
}

describe('creating a mapping', () => {
  it('[lifecycle-create-states] tells every default, and Creating until it is Enabled', async () => {
    const created = service.create(request);
    expect(created).toEqual({
      UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 0,
      ParallelizationFactor: 1,
      EventSourceArn: STREAM_ARN,
      FunctionArn: FUNCTION_ARN,
      LastModified: new Date(START_MS),
      LastProcessingResult: 'No records processed',
      State: 'Creating',
      StateTransitionReason: 'User action',
      DestinationConfig: { OnFailure: {} },
      MaximumRecordAgeInSeconds: -1,
      BisectBatchOnFunctionError: false,
      MaximumRetryAttempts: -1,
      TumblingWindowInSeconds: 0,
      FunctionResponseTypes: [],
      EventSourceMappingArn: `arn:aws:lambda:eu-west-1:000000000000:event-source-mapping:${created.UUID}`,
    });
    await clock.advance(1000);
    expect(service.get(created.UUID).State).toBe('Enabled');
  });

  it('[lifecycle-enabled] begins to read once it is enabled', async () => {
    source.append('shard', inserts(1, 2));
    service.create(request);
    await clock.advance(999);
    expect(invoked).toEqual([]);
    await clock.advance(1);
    expect(invoked).toEqual(['orders 2']);
  });

  it('[lifecycle-last-result] tells OK after a success and a problem after a failure', async () => {
    const uuid = await enabled();
    source.append('shard', inserts(1, 1));
    await clock.advance(1000);
    expect(service.get(uuid).LastProcessingResult).toBe('OK');
    answer = () => thrown;
    source.append('shard', inserts(2, 2));
    await clock.advance(1000);
    expect(service.get(uuid).LastProcessingResult).toBe('PROBLEM: Function call failed');
  });

  it('[lifecycle-filters-empty] leaves out criteria without filters', () => {
    expect(service.create({ ...request, FilterCriteria: { Filters: [] } })).not.toHaveProperty('FilterCriteria');
  });

  it('[config-missing-stream] refuses a stream that is not there', () => {
    streams.clear();
    expect(() => service.create(request)).toThrow(
      expect.objectContaining({
        name: 'InvalidParameterValueException',
        message: `Stream not found: ${STREAM_ARN}`,
      }),
    );
  });

  it('[config-missing-function] refuses a function that is not there', () => {
    functions.clear();
    expect(() => service.create(request)).toThrow(`Function not found: ${FUNCTION_ARN}`);
  });

  it('[config-aws-words] refuses in the words of AWS, and says in its own what to do', () => {
    const { StartingPosition: _, ...incomplete } = request;
    const create = (settings: object) => () => service.create({ ...incomplete, ...settings } as typeof request);
    const missing = "Value null at 'startingPosition' failed to satisfy constraint: Member must not be null.";
    expect(create({})).toThrow(
      expect.objectContaining({
        name: 'InvalidParameterValueException',
        message: `1 validation error detected: ${missing}`,
        reason: expect.stringContaining('StartingPosition is undefined'),
      }),
    );
    const large =
      "Value '10001' at 'batchSize' failed to satisfy constraint: Member must have value less than or equal";
    expect(create({ StartingPosition: 'LATEST', BatchSize: 10_001 })).toThrow(
      expect.objectContaining({
        name: 'ValidationException',
        message: `1 validation error detected: ${large} to 10000`,
      }),
    );
    const pattern = { FilterCriteria: { Filters: [{ Pattern: '[]' }] } };
    expect(create({ StartingPosition: 'LATEST', ...pattern })).toThrow('Invalid filter pattern definition.');
  });

  it('[lifecycle-duplicate-refused] refuses the same function on the same stream', () => {
    const { UUID } = service.create(request);
    expect(() => service.create(request)).toThrow(
      expect.objectContaining({
        name: 'ResourceConflictException',
        statusCode: 409,
        message: expect.stringContaining(UUID),
      }),
    );
    expect(() => service.create({ ...request, FunctionName: FUNCTION_ARN })).toThrow('already exists');
  });

  it('[lifecycle-several-functions] lets several functions read one stream', async () => {
    source.append('shard', inserts(1, 3));
    service.create(request);
    service.create({ ...request, FunctionName: `${FUNCTION_ARN}:live` });
    await clock.advance(1000);
    expect(invoked.toSorted()).toEqual(['orders 3', 'orders:live 3']);
    expect(service.list({ EventSourceArn: STREAM_ARN })).toHaveLength(2);
    expect(service.list({ FunctionName: 'orders' })).toHaveLength(1);
  });
});

describe('changing a mapping', () => {
  it('[lifecycle-disable] tells Disabling, lets the attempt under way end, and keeps the position', async () => {
    const uuid = await enabled();
    source.append('shard', inserts(1, 1));
    await clock.advance(1000);
    expect(service.update(uuid, { Enabled: false }).State).toBe('Disabling');
    await clock.advance(1000);
    expect(service.get(uuid).State).toBe('Disabled');
    source.append('shard', inserts(2, 4));
    await clock.advance(60_000);
    expect(service.update(uuid, { Enabled: true }).State).toBe('Enabling');
    await clock.advance(1000);
    expect(service.get(uuid).State).toBe('Enabled');
    expect(invoked).toEqual(['orders 1', 'orders 3']);
  });

  it('[lifecycle-update] comes into effect later, from the position', async () => {
    const uuid = await enabled();
    source.append('shard', inserts(1, 1));
    await clock.advance(1000);
    expect(service.update(uuid, { BatchSize: 2, FunctionName: `${FUNCTION_ARN}:live` })).toMatchObject({
      State: 'Updating',
      BatchSize: 2,
    });
    await clock.advance(1000);
    source.append('shard', inserts(2, 4));
    await clock.advance(1000);
    expect(service.get(uuid).State).toBe('Enabled');
    expect(invoked).toEqual(['orders 1', 'orders:live 2', 'orders:live 1']);
  });

  it('[lifecycle-update-fixed] cannot change the stream or the starting position', async () => {
    const uuid = await enabled();
    const fixed: object = { StartingPosition: 'LATEST' };
    expect(() => service.update(uuid, fixed)).toThrow('StartingPosition cannot be changed');
  });

  it('[lifecycle-update-checked] is refused with settings that cannot be used, and changes nothing', async () => {
    const uuid = await enabled();
    expect(() => service.update(uuid, { BatchSize: 0 })).toThrow("Value '0' at 'batchSize'");
    expect(service.get(uuid)).toMatchObject({ State: 'Enabled', BatchSize: 100 });
  });

  it('[lifecycle-in-use] is refused while the last change has not come into effect', () => {
    const { UUID } = service.create(request);
    const inUse = expect.objectContaining({ name: 'ResourceInUseException' });
    expect(() => service.update(UUID, { BatchSize: 1 })).toThrow(inUse);
    expect(() => service.delete(UUID)).toThrow(inUse);
  });

  it('[lifecycle-delete] tells Deleting, and then there is no such mapping', async () => {
    const uuid = await enabled();
    expect(service.delete(uuid).State).toBe('Deleting');
    await clock.advance(1000);
    source.append('shard', inserts(1, 1));
    await clock.advance(60_000);
    expect(invoked).toEqual([]);
    expect(service.list()).toEqual([]);
    expect(() => service.get(uuid)).toThrow(expect.objectContaining({ name: 'ResourceNotFoundException' }));
  });

  it('[lifecycle-orphan-stays-enabled] stays Enabled without its function, and goes on when there is one', async () => {
    const uuid = await enabled();
    functions.clear();
    source.append('shard', inserts(1, 1));
    await clock.advance(60_000);
    expect(service.get(uuid).State).toBe('Enabled');
    functions.add(FUNCTION_ARN);
    await clock.advance(60_000);
    expect(invoked).toEqual(['orders 1']);
    await service.stop();
  });
});
