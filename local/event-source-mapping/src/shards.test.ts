import { describe, expect, it } from 'vitest';
import { memoryPositions } from './positions/memory-positions.ts';
import { memorySource } from './sources/memory-source.ts';
import { inserts, KINESIS_ARN, returned, START_MS, STREAM_ARN, scenario, thrown } from './testing/scenario.ts';

function named(name: string): Error {
  return Object.assign(new Error(name), { name });
}

describe('lineage', () => {
  it('[shard-parent-first] is kept: children are read once the last batch of their parent is done', async () => {
    let failures = 3;
    const play = await scenario({
      records: inserts(1, 2),
      mapping: { BatchSize: 1 },
      answer: (_, numbers) => (numbers.includes('2') && failures-- > 0 ? thrown : returned(null)),
    });
    play.source.split('shard', ['left', 'right']);
    play.source.append('left', inserts(3, 3));
    play.source.append('right', inserts(4, 4));
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['1', '2', '2', '2', '2', '3', '4']);
  });

  it('[shard-parent-settled] is kept through discards of the last batch of a parent', async () => {
    const mapping = { MaximumRetryAttempts: 1 };
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.includes('1') ? thrown : returned(null));
    const play = await scenario({ records: inserts(1, 1), mapping, answer });
    play.source.split('shard', ['child']);
    play.source.append('child', inserts(2, 2));
    await play.clock.advance(60_000);
    expect(play.batches()).toEqual(['1', '1', '2']);
  });

  it('[shard-parent-first] [shard-merge] of a merge waits for both parents', async () => {
    const source = memorySource({ kind: 'kinesis', arn: KINESIS_ARN });
    source.open('a');
    source.open('b');
    source.append('a', inserts(1, 1));
    source.append('b', inserts(2, 2));
    source.close('a');
    source.open('merged', ['a', 'b']);
    source.append('merged', inserts(3, 3));
    const play = await scenario({ source });
    await play.clock.advance(30_000);
    expect(play.batches().toSorted()).toEqual(['1', '2']);
    expect(play.run.status().shards.at(-1)).toMatchObject({ shardId: 'merged', phase: 'waitingForParent' });
    source.close('b');
    await play.clock.advance(30_000);
    expect(play.batches().at(-1)).toBe('3');
  });

  it('[shard-parent-trimmed] does not wait for a parent that the stream no longer has', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('child', ['trimmed long ago']);
    source.append('child', inserts(1, 1));
    const play = await scenario({ source });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1']);
  });

  it('[shard-end] is followed through an empty closed shard', async () => {
    const play = await scenario({ records: [] });
    play.source.split('shard', ['child']);
    play.source.append('child', inserts(1, 1));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1']);
    expect(play.run.status().shards.map(({ phase }) => phase)).toEqual(['finished', 'reading']);
  });

  it('is followed at once when a shard ends while the stream is being listed', async () => {
    const play = await scenario({ records: inserts(1, 1), durationMs: 10_500 });
    const { listShards } = play.source;
    play.source.listShards = async (signal) => {
      await play.clock.sleep(1000, signal);
      return listShards(signal);
    };
    play.source.split('shard', ['child']);
    play.source.append('child', inserts(2, 2));
    await play.clock.advance(13_000);
    expect(play.batches()).toEqual(['1', '2']);
  });
});

describe('starting positions', () => {
  it('[start-trim-horizon] TRIM_HORIZON reads everything the shard still has', async () => {
    const play = await scenario({ records: inserts(1, 2), mapping: { StartingPosition: 'TRIM_HORIZON' } });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1,2']);
  });

  it('[start-latest] LATEST leaves out what is there, and reads later children from their beginning', async () => {
    const play = await scenario({ records: inserts(1, 2), mapping: { StartingPosition: 'LATEST' } });
    await play.clock.advance(0);
    play.source.append('shard', inserts(3, 3));
    play.source.split('shard', ['child']);
    play.source.append('child', inserts(4, 4));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['3', '4']);
  });

  it('LATEST does not wait for shards that are closed already, and so misses nothing of their children', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('parent');
    source.append('parent', inserts(1, 1));
    source.split('parent', ['child']);
    const { getRecords } = source;
    source.getRecords = async (...args) => {
      await play.clock.sleep(100);
      return getRecords(...args);
    };
    const play = await scenario({ source, mapping: { StartingPosition: 'LATEST' } });
    await play.clock.advance(50);
    source.append('child', inserts(2, 2));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['2']);
  });

  it('[start-at-timestamp] AT_TIMESTAMP begins with the first record that arrived then or later', async () => {
    const source = memorySource({ kind: 'kinesis', arn: KINESIS_ARN });
    source.open('shard');
    source.append('shard', inserts(1, 1, { arrivalMs: START_MS - 2000 }));
    source.append('shard', inserts(2, 2, { arrivalMs: START_MS - 1000 }));
    const mapping = { StartingPosition: 'AT_TIMESTAMP', StartingPositionTimestamp: new Date(START_MS - 1000) } as const;
    const play = await scenario({ source, mapping });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['2']);
  });
});

describe('reading', () => {
  it('[iterator-expired] goes on after the last record read when an iterator has expired', async () => {
    const play = await scenario({ records: inserts(1, 2) });
    await play.clock.advance(0);
    play.source.expireIterators();
    play.source.append('shard', inserts(3, 3));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2', '3']);
    expect(play.run.status().metrics.gaps).toBe(0);
  });

  it('[trimmed-data] resumes at the trim horizon when records were trimmed unread, and reports the gap', async () => {
    const play = await scenario({ records: inserts(1, 2), answer: () => thrown, mapping: { MaximumRetryAttempts: 6 } });
    await play.clock.advance(1000);
    play.source.append('shard', inserts(3, 6));
    play.source.trim('shard', 4);
    await play.clock.advance(300_000);
    expect(new Set(play.batches())).toEqual(new Set(['1,2', '5,6']));
    expect(play.of('gap')).toMatchObject([{ shardId: 'shard', afterSequenceNumber: '2' }]);
    expect(play.run.status().metrics.gaps).toBe(1);
  });

  it('repeats nothing when a stream claims a trim that did not take place', async () => {
    const play = await scenario({ records: inserts(8, 10) });
    await play.clock.advance(0);
    play.source.failNextReads(named('TrimmedDataAccessException'));
    play.source.append('shard', inserts(11, 11));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['8,9,10', '11']);
  });

  it('reports no gap when the first read of a new stream claims a trim', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('shard');
    source.append('shard', inserts(1, 1));
    source.failNextReads(named('TrimmedDataAccessException'));
    const play = await scenario({ source });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1']);
    expect(play.run.status().metrics.gaps).toBe(0);
  });

  it.each([
    'ProvisionedThroughputExceededException',
    'InternalServerError',
  ])('[read-throttled] survives %s with backoff', async (name) => {
    const play = await scenario({ records: inserts(1, 1) });
    await play.clock.advance(0);
    play.source.failNextReads(named(name), named(name), named(name));
    play.source.append('shard', inserts(2, 2));
    await play.clock.advance(4000);
    expect(play.batches()).toEqual(['1', '2']);
    expect(play.of('problem').map(({ atMs }) => atMs - START_MS)).toEqual([250, 750, 1750]);
  });

  it('does not skip records over errors before the first record of a LATEST start', async () => {
    const play = await scenario({ records: inserts(1, 1), mapping: { StartingPosition: 'LATEST' } });
    await play.clock.advance(0);
    play.source.append('shard', inserts(2, 2));
    play.source.failNextReads(named('InternalServerError'));
    await play.clock.advance(5000);
    expect(play.batches()).toEqual(['2']);
  });

  it('waits for a stream that cannot be listed yet', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    const { listShards } = source;
    let refusals = 2;
    source.listShards = async (signal) => {
      if (refusals-- > 0) throw named('ResourceNotFoundException');
      return listShards(signal);
    };
    source.open('shard');
    source.append('shard', inserts(1, 1));
    const play = await scenario({ source });
    await play.clock.advance(5000);
    expect(play.batches()).toEqual(['1']);
    expect(play.of('problem')).toHaveLength(2);
  });

  it('reports a gap for a shard that disappeared before it was finished', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: inserts(1, 1), positions });
    await first.clock.advance(0);
    await first.run.stop();
    first.source.remove('shard');
    first.source.open('child', ['shard']);
    first.source.append('child', inserts(2, 2));
    const second = await scenario({ source: first.source, positions });
    await second.clock.advance(0);
    expect(second.of('gap')).toMatchObject([{ shardId: 'shard', afterSequenceNumber: '1' }]);
    expect(second.batches()).toEqual(['2']);
  });
});
