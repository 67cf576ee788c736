import { describe, expect, it } from 'vitest';
import { kinesisRecords } from '../testing/record-builder.ts';
import { deadlineMarginMs } from './deadline.ts';
import { FatalConfigError, RetryableError } from './errors.ts';
import type { Observation } from './process-batch.ts';
import type { DeliveredBatch } from './sink.ts';
import { processWhole } from './whole.ts';

function keeper(refusal?: Error) {
  const kept: DeliveredBatch[] = [];
  const run = async (records: readonly unknown[], remainingMs = deadlineMarginMs) => {
    const observations: Observation[] = [];
    const keep = async (batch: DeliveredBatch) => {
      if (refusal !== undefined) throw refusal;
      kept.push(batch);
    };
    const { batchItemFailures } = await processWhole({
      records,
      sink: { strategy: 'whole', keep },
      consumer: 'test',
      limits: { remainingMs: () => remainingMs },
      observe: (observation) => observations.push(observation),
    });
    return { batchItemFailures, outcomes: observations.map(({ outcome }) => outcome.kind) };
  };
  return { run, kept };
}

const { insert } = kinesisRecords();
const one = insert({ id: 'u1' }, { sequenceNumber: '9' });
const two = insert({ id: 'u2' }, { sequenceNumber: '10' });
const undecodable = { ...two, kinesis: { ...two.kinesis, data: '?' } };

describe('whole', () => {
  it('takes the batch as it was delivered, in order, also what nobody can decode', async () => {
    const { run, kept } = keeper();
    expect(await run([undecodable, one])).toEqual({ batchItemFailures: [], outcomes: ['applied', 'applied'] });
    expect(kept).toHaveLength(1);
    expect(kept[0]).toMatchObject({ streamArn: one.eventSourceARN, shardId: 'shardId-000000000000' });
    expect(kept[0]?.records.map(({ raw }) => raw)).toEqual([one, undecodable]);
  });

  it('reports all of a batch that could not be kept, by its first record', async () => {
    const { run } = keeper(new RetryableError('sink-unavailable', 'gone'));
    const first = [{ itemIdentifier: '9' }];
    expect(await run([one, two])).toEqual({ batchItemFailures: first, outcomes: ['retry', 'retry'] });
  });

  it('begins nothing near the deadline', async () => {
    const { run, kept } = keeper();
    expect((await run([one, two], 0)).batchItemFailures).toEqual([{ itemIdentifier: '9' }]);
    expect(kept).toEqual([]);
  });

  it('fails when the deployment is at fault', async () => {
    const { run } = keeper(new FatalConfigError('configuration', 'no such bucket'));
    await expect(run([one])).rejects.toThrow('no such bucket');
  });

  it('is not held up by a record whose shard cannot be read', async () => {
    const { run, kept } = keeper();
    await run([{ ...one, eventID: 7 }, two]);
    expect(kept[0]).toMatchObject({ shardId: 'shardId-000000000000' });
  });

  it('refuses records of two shards, whose sequence numbers have no order', async () => {
    const other = kinesisRecords({ shardId: 'shardId-000000000001' }).insert({ id: 'u3' });
    await expect(keeper().run([one, other])).rejects.toThrow('several shards');
  });
});
