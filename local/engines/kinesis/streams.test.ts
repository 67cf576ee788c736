import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { answerCall } from './calls.ts';
import { openStreams, retentionHours, type Streams } from './streams.ts';

const region = 'eu-west-1';
const retentionMs = retentionHours * 3_600_000;
let folder: string;
let nowMs: number;
let streams: Streams;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'streams-'));
  nowMs = 1_000_000;
  streams = openStreams({ folder, nowMs: () => nowMs });
  call('CreateStream', { StreamName: 's', ShardCount: 1 });
});

afterEach(() => rmSync(folder, { recursive: true }));

function call(name: string, input: Record<string, unknown>): Record<string, unknown> {
  return JSON.parse(answerCall({ name, input }, { streams, region, nowMs })) as Record<string, unknown>;
}

function iterator(type = 'TRIM_HORIZON'): unknown {
  const input = { StreamName: 's', ShardId: 'shardId-000000000000', ShardIteratorType: type };
  return call('GetShardIterator', input).ShardIterator;
}

const put = (Data = 'eA==') => call('PutRecord', { StreamName: 's', PartitionKey: 'a', Data });

describe('streams', () => {
  it('refuses an iterator that is older than five minutes', () => {
    const ShardIterator = iterator();
    nowMs += 5 * 60_000;
    expect(call('GetRecords', { ShardIterator }).Records).toEqual([]);
    nowMs += 1;
    expect(() => call('GetRecords', { ShardIterator })).toThrow(
      expect.objectContaining({ type: 'ExpiredIteratorException' }),
    );
  });

  it('forgets records with the file that held them, and readers go on at the oldest one left', () => {
    const mebibyte = Buffer.alloc(1024 * 1024 - 1).toString('base64');
    // A file takes some 24 of these.
    for (let count = 0; count < 30; count += 1) put(mebibyte);
    const ShardIterator = iterator();
    nowMs += retentionMs;
    put();
    const read = () => (call('GetRecords', { ShardIterator: iterator(), Limit: 1 }).Records as object[])[0];
    expect(read()).toMatchObject({ ApproximateArrivalTimestamp: 1000 });
    expect(streams.find(`${region}/s`).shards[0]?.records.length).toBeLessThan(30);
    expect(() => call('GetRecords', { ShardIterator })).toThrow('expired');
  });

  it('tells how far behind the newest record a page ends', () => {
    put();
    nowMs += 5000;
    put();
    expect(call('GetRecords', { ShardIterator: iterator(), Limit: 1 }).MillisBehindLatest).toBe(5000);
    expect(call('GetRecords', { ShardIterator: iterator() }).MillisBehindLatest).toBe(0);
  });

  it('keeps streams and the ends of shards for the next process', () => {
    put();
    call('SplitShard', { StreamName: 's', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: '5' });
    const before = call('DescribeStream', { StreamName: 's' });
    streams = openStreams({ folder, nowMs: () => nowMs });
    expect(call('DescribeStream', { StreamName: 's' })).toEqual(before);
    expect(call('GetRecords', { ShardIterator: iterator() }).Records).toHaveLength(1);
  });

  it('gives a stream of the name of a removed one none of its records, in the next process either', () => {
    put();
    call('DeleteStream', { StreamName: 's' });
    call('CreateStream', { StreamName: 's', ShardCount: 1 });
    put('bmV3');
    streams = openStreams({ folder, nowMs: () => nowMs });
    expect(call('GetRecords', { ShardIterator: iterator() }).Records).toMatchObject([{ Data: 'bmV3' }]);
  });

  it.each([
    ['a record above 1 MiB', 'PutRecord', { PartitionKey: 'a', Data: Buffer.alloc(1024 * 1024).toString('base64') }],
    ['a partition key of no characters', 'PutRecord', { PartitionKey: '', Data: 'eA==' }],
    ['no records', 'PutRecords', { Records: [] }],
    ['a page of no records', 'GetRecords', { ShardIterator: 'any', Limit: 0 }],
    ['what it does not implement', 'ListShards', { ShardFilter: { Type: 'AT_LATEST' } }],
  ])('refuses %s', (_, name, input) => {
    const stream = name === 'GetRecords' ? {} : { StreamName: 's' };
    const given = name === 'GetRecords' ? { ...input, ShardIterator: iterator() } : input;
    expect(() => call(name, { ...stream, ...given })).toThrow(expect.objectContaining({ type: 'ValidationException' }));
  });
});
