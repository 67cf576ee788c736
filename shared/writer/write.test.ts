import { NumberValue } from '@aws-sdk/lib-dynamodb';
import { beforeEach, describe, expect, it } from 'vitest';
import { replayHorizonS } from '../change/replay-horizon.ts';
import { createWriterWorld, type WriterWorld } from '../testing/writer-world.ts';
import type { Writer } from './write.ts';

let world: WriterWorld;
let writer: Writer;

beforeEach(() => {
  world = createWriterWorld();
  writer = world.writer();
});

describe('delete and get', () => {
  it('leaves a tombstone that outlives the replay horizon, and nobody reads it', async () => {
    await writer.put({ id: 'a', name: 'Ada', expiresAt: 1 });
    await writer.delete({ id: 'a' });
    expect(world.stored()).toEqual({
      id: { S: 'a' },
      _deleted: { BOOL: true },
      _v: { S: world.stampOf() },
      expiresAt: { N: String(world.startMs / 1000 + replayHorizonS) },
    });
    expect(await writer.get({ id: 'a' })).toBeUndefined();
    const query = { KeyConditionExpression: 'id = :id', ExpressionAttributeValues: { ':id': 'a' } };
    expect((await writer.query(query)).Items).toEqual([]);
    await writer.put({ id: 'a', name: 'Ada again' });
    expect(await writer.get({ id: 'a' }, { consistent: true })).toEqual({ id: 'a', name: 'Ada again' });
    expect((await writer.query(query)).Items).toEqual([{ id: 'a', name: 'Ada again' }]);
  });

  it('takes back what it gave, also whole numbers beyond 2^53 that a double happens to hold', async () => {
    await writer.put({ id: 'u-1', balance: 10_000_000_000_000_000n });
    const item = await writer.get({ id: 'u-1' });
    await writer.put({ ...item, id: 'u-2' });
    expect(await writer.get({ id: 'u-2' })).toEqual({ id: 'u-2', balance: new NumberValue('10000000000000000') });
  });

  it('gives values back as they were put, exact beyond a double', async () => {
    const item = {
      id: 'a',
      small: 0.1,
      big: new NumberValue('12345678901234567890.12345678'),
      yes: true,
      none: null,
      bytes: Uint8Array.of(1, 2),
      tags: new Set(['x']),
      list: [1, { deep: 'y' }],
    };
    await writer.put({ ...item, absent: undefined, whole: 12345678901234567890n });
    expect(world.stored()).toMatchObject({
      big: { N: '12345678901234567890.12345678' },
      whole: { N: '12345678901234567890' },
    });
    const read = await writer.get({ id: 'a' });
    expect(read).toEqual({ ...item, whole: new NumberValue('12345678901234567890') });
    await writer.put({ ...read });
    expect(world.stored()?.whole).toEqual({ N: '12345678901234567890' });
  });

  it('says which attribute cannot be stored, and why not silently rounded', async () => {
    for (const value of [2 ** 60, Number.NaN, new Date(0), new Set()]) {
      const problem = { code: 'invalid-item', message: expect.stringContaining('The attribute odd') };
      await expect(writer.put({ id: 'a', odd: value })).rejects.toMatchObject(problem);
    }
  });
});

describe('update and modify', () => {
  it('sets and removes attributes, and leaves those that another writer changed', async () => {
    await writer.put({ id: 'a', name: 'Ada', plan: 'free', note: 'x' });
    await world.writer({ region: 'us-east-1' }).update({ id: 'a' }, { plan: 'team' });
    await writer.update({ id: 'a' }, { name: 'Ada L.', note: undefined });
    expect(await writer.get({ id: 'a' })).toEqual({ id: 'a', name: 'Ada L.', plan: 'team' });
  });

  it('brings back neither what is deleted nor what never was', async () => {
    await writer.put({ id: 'a' });
    await writer.delete({ id: 'a' });
    for (const id of ['a', 'b']) {
      await expect(writer.update({ id }, { name: 'x' })).rejects.toMatchObject({ code: 'not-found' });
      await expect(writer.modify({ id }, () => ({ name: 'x' }))).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(world.items()).toHaveLength(1);
    expect(world.stored()?._deleted).toEqual({ BOOL: true });
  });

  it('modify loses no count to another writer between its read and its write', async () => {
    await writer.put({ id: 'a', count: 0 });
    const writers = ['eu-west-1', 'us-east-1', 'ap-south-1'].map((region) => world.writer({ region }));
    const additions = writers.flatMap((each) => [1, 2].map(() => each.modify({ id: 'a' }, addOne)));
    await Promise.all(additions);
    expect(await writer.get({ id: 'a' })).toEqual({ id: 'a', count: 6 });
  });
});

const addOne = ({ count }: Record<string, unknown>) => ({ count: Number(count) + 1 });
