import { describe, expect, it } from 'vitest';
import { isAfter } from '../source.ts';
import { memorySource } from '../sources/memory-source.ts';
import { inserts, STREAM_ARN, scenario } from '../testing/scenario.ts';

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
});
