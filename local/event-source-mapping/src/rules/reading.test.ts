import { describe, expect, it } from 'vitest';
import { isAfter } from '../source.ts';
import { memorySource } from '../sources/memory-source.ts';
import { inserts, returned, STREAM_ARN, scenario, thrown } from '../testing/scenario.ts';

describe('reading a shard', () => {
  it('[sequence-numbers-numeric] compares sequence numbers of any length as integers', async () => {
    const play = await scenario({ records: inserts(8, 11) });
    await play.clock.advance(100);
    // Reading on after an iterator expired asks for what comes after 11: as text, 8 and 9 would.
    play.source.expireIterators();
    play.source.append('shard', inserts(12, 12));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['8,9,10,11', '12']);
    expect(isAfter('10', '9')).toBe(true);
    expect(isAfter('9007199254740993000000001', '9007199254740993000000000')).toBe(true);
  });

  it('[page-empty] goes on after an empty page', async () => {
    const play = await scenario({ records: [] });
    await play.clock.advance(1000);
    play.source.append('shard', inserts(1, 2));
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2']);
    expect(play.of('shardFinished')).toEqual([]);
  });

  it('[event-same-for-all-mappings] hands identical records to every mapping on the stream', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('shard');
    source.append('shard', inserts(1, 3));
    const plays = [await scenario({ source }), await scenario({ source, mapping: { FunctionName: 'invoices' } })];
    for (const play of plays) await play.clock.advance(1000);
    const [first, second] = plays.map((play) => JSON.stringify(play.events()));
    expect(first).toBe(second);
    expect(first).toContain('"eventID"');
  });

  it('[batch-one-shard] never puts records of two shards into one batch', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    for (const [shardId, first] of [
      ['one', 1],
      ['other', 3],
    ] as const) {
      source.open(shardId);
      source.append(shardId, inserts(first, first + 1));
    }
    const play = await scenario({ source, mapping: { MaximumBatchingWindowInSeconds: 1 } });
    await play.clock.advance(5000);
    expect(play.batches().toSorted()).toEqual(['1,2', '3,4']);
  });

  it('[order-kept] sends the records of a shard in their order, over pages, retries and cuts', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN, pageSize: 3 });
    source.open('shard');
    source.append('shard', inserts(1, 20));
    const play = await scenario({
      source,
      mapping: { BatchSize: 4, MaximumBatchingWindowInSeconds: 1, BisectBatchOnFunctionError: true },
      answer: (_, numbers) => (numbers.length > 1 && numbers.includes('6') ? thrown : returned(null)),
    });
    await play.clock.advance(60_000);
    const batches = play.batches().map((batch) => batch.split(',').map(Number));
    for (const batch of batches) expect(batch).toEqual(batch.toSorted((one, other) => one - other));
    const seen = [...new Set(batches.flat())];
    expect(seen).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });

  it('[shard-parent-settled] reads no child while one of several lanes of its parent is not through', async () => {
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    source.open('parent');
    source.append('parent', inserts(1, 10));
    source.split('parent', ['left', 'right']);
    source.append('left', inserts(11, 12));
    let failures = 5;
    const play = await scenario({
      source,
      mapping: { ParallelizationFactor: 4, BatchSize: 1 },
      answer: (_, numbers) => (numbers.includes('3') && failures-- > 0 ? thrown : returned(null)),
    });
    await play.clock.advance(60_000);
    const sent = play.batches();
    expect(sent.indexOf('11')).toBeGreaterThan(sent.lastIndexOf('3'));
    expect(sent.filter((batch) => batch === '3')).toHaveLength(6);
  });
});
