import { describe, expect, it } from 'vitest';
import { objectStoreTwin } from '../services/s3/twin.ts';
import { type Mappings, type MappingView, switchMappings } from './mappings.ts';
import { readStatus } from './status.ts';

const hourMs = 3_600_000;
const idle: MappingView = {
  region: 'here',
  consumer: 'counter',
  state: 'running',
  behind: 0,
  oldestMs: 0,
  recordAgeMaxMs: 24 * hourMs,
  processed: 100,
};

function mappingsOf(...reads: (readonly MappingView[])[]): Mappings & { readonly calls: string[] } {
  const calls: string[] = [];
  let read = 0;
  return {
    calls,
    read: async () => reads[Math.min(read++, reads.length - 1)] ?? [],
    pause: async ({ region, consumer }) => void calls.push(`pause ${consumer} ${region}`),
    resume: async ({ region, consumer }) => void calls.push(`resume ${consumer} ${region}`),
  };
}

async function statusOf(...reads: (readonly MappingView[])[]) {
  let nowMs = 0;
  const sleep = async (ms: number) => {
    nowMs += ms;
  };
  const clock = { nowMs: () => nowMs, sleep };
  const target = { name: 'test', regions: [] };
  return readStatus({ target, mappings: mappingsOf(...reads), clock, measureMs: 2_000 });
}

describe('status', () => {
  it('tells how long the source still keeps the oldest record that waits', async () => {
    const [status] = await statusOf([{ ...idle, behind: 3, oldestMs: 6 * hourMs }]);
    expect(status).toMatchObject({ hoursUntilLoss: 18, lagMs: 6 * hourMs, behind: 3 });
  });

  it('tells of no loss while nothing waits', async () => {
    const [status] = await statusOf([idle]);
    expect(status).not.toHaveProperty('hoursUntilLoss');
  });

  it('counts records per second over what it measures', async () => {
    const [status] = await statusOf([idle], [{ ...idle, processed: 130 }]);
    expect(status?.rate).toBe(15);
  });
});

describe('the failures in a status', () => {
  /** Of somebody who may list the bucket of failures and read nothing in it. */
  async function statusWith(keys: readonly string[], refusal = 'AccessDenied') {
    const bucket = objectStoreTwin();
    for (const key of keys) await bucket.put({ key, body: '{}', contentType: 'application/json' });
    const get = async () => {
      throw Object.assign(new Error('not authorized to perform: s3:GetObject'), { name: refusal });
    };
    const region = { name: 'here', failures: { ...bucket, get }, consumerOf: () => 'counter' };
    const clock = { nowMs: () => 0, sleep: async () => undefined };
    return readStatus({ target: { regions: [region] }, mappings: mappingsOf([idle]), clock, measureMs: 0 });
  }

  it('are none where there is nothing to read', async () => {
    expect(await statusWith([])).toMatchObject([{ deadLetters: 0, failureObjects: 0 }]);
  });

  it.each([
    'dead-letters/counter/stream/shard/1.json',
    'aws/lambda/uuid/shard/one',
  ])('are not told to whom may not read them, and everything else is: %s', async (key) => {
    const [status] = await statusWith([key]);
    expect(status).toMatchObject({ consumer: 'counter', state: 'running', lagMs: 0 });
    expect(status).not.toHaveProperty('deadLetters');
    expect(status).not.toHaveProperty('failureObjects');
  });

  it('are no reason to hide other trouble', async () => {
    await expect(statusWith(['aws/lambda/uuid/shard/one'], 'SlowDown')).rejects.toThrow('not authorized');
  });
});

describe('pause and resume', () => {
  const there = { ...idle, region: 'there' };

  it('reach a consumer in every region, or in the one that is named', async () => {
    const mappings = mappingsOf([idle, there, { ...idle, consumer: 'other' }]);
    await switchMappings(mappings, { consumer: 'counter', to: 'paused', dryRun: false });
    await switchMappings(mappings, { consumer: 'counter', region: 'there', to: 'running', dryRun: false });
    expect(mappings.calls).toEqual(['pause counter here', 'pause counter there', 'resume counter there']);
  });

  it('change nothing in a dry run, and say what would be', async () => {
    const mappings = mappingsOf([idle]);
    expect(await switchMappings(mappings, { consumer: 'counter', to: 'paused', dryRun: true })).toEqual([
      { region: 'here', consumer: 'counter', from: 'running', to: 'paused' },
    ]);
    expect(mappings.calls).toEqual([]);
  });

  it('name the consumers that there are for one that is none', async () => {
    const switching = switchMappings(mappingsOf([idle]), { consumer: 'nobody', to: 'paused', dryRun: false });
    await expect(switching).rejects.toThrow('There are counter in here.');
  });
});
