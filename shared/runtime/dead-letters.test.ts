import { beforeEach, describe, expect, it } from 'vitest';
import type { DeadLetter } from '../batch/dead-letter.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import { objectStoreTwin } from '../services/s3/twin.ts';
import { type QueueTwin, queueTwin } from '../services/sqs/twin.ts';
import {
  type DeadLetterDependencies,
  deadLetterKey,
  deadLetterStore,
  getDeadLetter,
  listDeadLetterKeys,
  markDeadLetter,
} from './dead-letters.ts';

const position = { streamArn: 'arn:aws:kinesis:eu-central-1:1:stream/users', shardId: 'shard-1', sequenceNumber: '42' };
const letter: DeadLetter = {
  consumer: 'probe',
  position,
  record: { kinesis: { data: 'ZGF0YQ==' } },
  error: { code: 'invalid-attribute', message: 'newImage.email: is missing' },
};
const key = deadLetterKey('probe', position);

let objects: ObjectStore;
let notices: QueueTwin;
let nowMs: number;

beforeEach(() => {
  objects = objectStoreTwin();
  notices = queueTwin();
  nowMs = Date.UTC(2026, 0, 1);
});

function storeWith(overrides: Partial<DeadLetterDependencies> = {}) {
  const clock = { nowMs: () => nowMs, sleep: async () => {} };
  return deadLetterStore({ objects, notices, clock, codeVersion: 'v1', ...overrides });
}

describe('deadLetterStore', () => {
  it('keeps the whole record with its error, and rings once', async () => {
    await storeWith().store(letter);
    expect(await getDeadLetter(objects, key)).toMatchObject({
      ...letter,
      state: 'pending',
      attempts: 1,
      codeVersion: 'v1',
      firstSeenAt: '2026-01-01T00:00:00.000Z',
    });
    expect(notices.messages().map((body) => JSON.parse(body))).toEqual([
      { key, consumer: 'probe', position, code: 'invalid-attribute', firstSeenAt: '2026-01-01T00:00:00.000Z' },
    ]);
  });

  it('a repeat overwrites itself: same key, first sight kept, attempts counted, no second notice', async () => {
    await storeWith().store(letter);
    nowMs += 60_000;
    await storeWith({ codeVersion: 'v2' }).store(letter);
    expect(await listDeadLetterKeys(objects, 'probe')).toEqual([key]);
    expect(await getDeadLetter(objects, key)).toMatchObject({
      attempts: 2,
      codeVersion: 'v2',
      firstSeenAt: '2026-01-01T00:00:00.000Z',
      lastSeenAt: '2026-01-01T00:01:00.000Z',
    });
    expect(notices.messages()).toHaveLength(1);
  });

  it('is not stored while its notice could not be sent, and the repeat sends it', async () => {
    const broken = { send: async () => Promise.reject(new Error('queue down')) };
    await expect(storeWith({ notices: broken }).store(letter)).rejects.toThrow('queue down');
    await storeWith().store(letter);
    expect(notices.messages()).toHaveLength(1);
  });

  it('a redriven record that is refused again is pending again and rings again', async () => {
    await storeWith().store(letter);
    await markDeadLetter(objects, key, 'redriven');
    await storeWith().store(letter);
    expect(await getDeadLetter(objects, key)).toMatchObject({ state: 'pending', attempts: 2 });
    expect(notices.messages()).toHaveLength(2);
  });

  it('what a person discarded stays discarded', async () => {
    await storeWith().store(letter);
    await markDeadLetter(objects, key, 'discarded');
    await storeWith().store(letter);
    expect(await getDeadLetter(objects, key)).toMatchObject({ state: 'discarded' });
    expect(notices.messages()).toHaveLength(1);
  });

  it('tells apart the same sequence number of other consumers, shards and streams', () => {
    const keys = [
      key,
      deadLetterKey('other', position),
      deadLetterKey('probe', { ...position, shardId: 'shard-2' }),
      deadLetterKey('probe', { ...position, streamArn: `${position.streamArn}2` }),
      deadLetterKey('probe', { streamArn: position.streamArn, sequenceNumber: '42' }),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('marking what is not there says so', async () => {
    await expect(markDeadLetter(objects, key, 'redriven')).rejects.toThrow(/There is no dead letter/);
  });
});
