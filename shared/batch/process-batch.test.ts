import { describe, expect, it } from 'vitest';
import { batchRunner } from '../testing/batch-run.ts';
import { eachWorld } from '../testing/fake-sinks.ts';
import { streamRecords } from '../testing/record-builder.ts';
import { FatalConfigError, RetryableError } from './errors.ts';

const at = (sequenceNumber: string) => ({ sequenceNumber });

describe('processBatch', () => {
  it('answers an empty batch with success', async () => {
    expect((await batchRunner(eachWorld()).run([])).unresolved).toEqual([]);
  });

  it('filters a modify whose images are equal before anything else', async () => {
    const world = eachWorld();
    const records = streamRecords();
    const batch = [records.modify({ id: 'a', does: 7 }, { id: 'a', does: 7 })];
    expect((await batchRunner(world).run(batch)).outcomes).toEqual(['filtered']);
  });

  it('keeps a record that cannot be parsed whole, with what is wrong and where it stood', async () => {
    const record = streamRecords({ streamArn: 'arn:s' }).insert({ id: 'a', does: 'x' }, at('7'));
    const broken = { ...record, dynamodb: { ...record.dynamodb, Keys: undefined } };
    const { run, letters } = batchRunner(eachWorld());
    expect((await run([broken])).outcomes).toEqual(['deadLettered']);
    expect([...letters.values()]).toEqual([
      {
        consumer: 'test',
        position: { streamArn: 'arn:s', shardId: 'shardId-000000000000', sequenceNumber: '7' },
        record: broken,
        error: { code: 'undecodable-record', message: 'dynamodb.Keys: is missing' },
      },
    ]);
  });

  it('tells wrong attributes from failing effects', async () => {
    const records = streamRecords();
    const effects = ({ newImage }: { newImage?: object }) => {
      if (newImage && 'crash' in newImage) throw new TypeError('a mistake in the effects');
      return undefined;
    };
    const { run, letters } = batchRunner({ ...eachWorld(), effects });
    await run([records.insert({ id: 'a', crash: 1 })]);
    expect([...letters.values()]).toMatchObject([
      { error: { code: 'effects-failed', message: 'a mistake in the effects' } },
    ]);
  });

  it('throws for a record without a readable position: it could be neither reported nor kept', async () => {
    const records = streamRecords();
    const batch = [records.insert({ id: 'a', does: 'x' }), { messageId: '1', body: 'from a queue' }];
    const { run, letters } = batchRunner(eachWorld());
    await expect(run(batch)).rejects.toThrow(/record 1 of the batch has no readable sequence number/);
    expect(letters.size).toBe(0);
  });

  it('throws for a stream of the wrong view type, which would make every record a dead letter', async () => {
    const record = streamRecords().insert({ id: 'a', does: 'x' });
    const poorer = { ...record, dynamodb: { ...record.dynamodb, StreamViewType: 'NEW_IMAGE' } };
    await expect(batchRunner(eachWorld()).run([poorer])).rejects.toMatchObject({ name: 'FatalConfigError' });
  });

  it('throws what stops everything, and keeps nothing as a dead letter for it', async () => {
    const { sink } = eachWorld();
    const failing = { ...sink, apply: () => Promise.reject(new FatalConfigError('configuration', 'no such table')) };
    const { run, letters } = batchRunner({ sink: failing });
    await expect(run([streamRecords().insert({ id: 'a', does: 'x' })])).rejects.toThrow('no such table');
    expect(letters.size).toBe(0);
  });

  it('retries what it does not know', async () => {
    const { sink } = eachWorld();
    const failing = { ...sink, apply: () => Promise.reject(new Error('socket hang up')) };
    const { observations } = await batchRunner({ sink: failing }).run([streamRecords().insert({ id: 'a', does: 'x' })]);
    expect(observations[0]?.outcome).toMatchObject({ kind: 'retry', error: expect.any(RetryableError) });
    expect(observations[0]?.outcome).toMatchObject({ error: { code: 'unknown' } });
  });

  it('answers the numerically lowest number, also when a batch arrives out of order', async () => {
    const records = streamRecords();
    const { sink } = eachWorld();
    const failing = { ...sink, apply: () => Promise.reject(new Error('away')) };
    const batch = [records.insert({ id: 'a', does: 'x' }, at('10')), records.insert({ id: 'b', does: 'y' }, at('9'))];
    expect((await batchRunner({ sink: failing }).run(batch)).unresolved).toEqual(['9']);
  });
});
