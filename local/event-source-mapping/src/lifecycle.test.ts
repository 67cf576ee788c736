import { describe, expect, it } from 'vitest';
import { memoryPositions } from './positions/memory-positions.ts';
import type { Positions } from './positions/position-store.ts';
import { memorySource } from './sources/memory-source.ts';
import { failed, inserts, returned, STREAM_ARN, scenario, thrown } from './testing/scenario.ts';

describe('positions', () => {
  it('carry a new mapping on from where the last one stopped', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: inserts(1, 3), positions });
    await first.clock.advance(0);
    await first.run.stop();
    first.source.append('shard', inserts(4, 5));
    const second = await scenario({ source: first.source, positions });
    await second.clock.advance(0);
    expect(second.batches()).toEqual(['4,5']);
  });

  it('of finished shards are kept: they are not read again', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: inserts(1, 1), positions });
    first.source.split('shard', ['child']);
    await first.clock.advance(1000);
    await first.run.stop();
    const second = await scenario({ source: first.source, positions });
    first.source.append('child', inserts(2, 2));
    await second.clock.advance(1000);
    expect(second.batches()).toEqual(['2']);
  });

  it('[position-after-success] move only after a success: an abandoned invocation is delivered again', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: inserts(1, 2), positions, durationMs: 60_000 });
    await first.clock.advance(1000);
    await first.run.stop();
    const second = await scenario({ source: first.source, positions });
    await second.clock.advance(0);
    expect(second.batches()).toEqual(['1,2']);
  });

  it('include the progress of a partial response', async () => {
    const positions = memoryPositions();
    const mapping = { FunctionResponseTypes: ['ReportBatchItemFailures'] } as const;
    const answer = (_: unknown, numbers: readonly string[]) => (numbers.includes('2') ? failed('2') : returned(null));
    const first = await scenario({ records: inserts(1, 3), positions, mapping, answer });
    await first.clock.advance(100);
    await first.run.stop();
    const second = await scenario({ source: first.source, positions, mapping });
    await second.clock.advance(0);
    expect(second.batches()).toEqual(['2,3']);
  });

  it('in another stream do not count: it is read from the starting position', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: inserts(1, 5), positions });
    await first.clock.advance(0);
    await first.run.stop();
    const arn = STREAM_ARN.replace('2026-01-01', '2026-01-02');
    const source = memorySource({ kind: 'dynamodb', arn });
    const second = await scenario({ source, records: inserts(1, 2), positions });
    await second.clock.advance(0);
    expect(second.batches()).toEqual(['1,2']);
  });

  it('[position-saved-first] are saved before the next batch is sent, however often that fails', async () => {
    const kept = memoryPositions();
    const saved: Positions[] = [];
    let refusals = 0;
    const positions = {
      load: kept.load,
      save: async (next: Positions) => {
        if (refusals-- > 0) throw new Error('no space left on the disk');
        saved.push(next);
      },
    };
    const play = await scenario({ records: inserts(1, 2), positions, mapping: { BatchSize: 1 }, durationMs: 10 });
    await play.clock.advance(5);
    refusals = 2;
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1']);
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1', '2']);
    expect(play.of('problem')).toHaveLength(2);
    expect(saved.at(-1)?.shards).toEqual({ shard: { kind: 'after', sequenceNumber: '2' } });
  });
});

describe('pause', () => {
  it('lets the invocation under way end and begins no other', async () => {
    const play = await scenario({ records: inserts(1, 2), mapping: { BatchSize: 1 }, durationMs: 1000 });
    await play.clock.advance(500);
    const paused = play.run.pause();
    expect(play.run.status().state).toBe('Disabling');
    await play.clock.advance(60_000);
    await paused;
    expect(play.batches()).toEqual(['1']);
    expect(play.run.status().state).toBe('Disabled');
    expect(play.run.status().shards[0]?.checkpoint).toBe('1');
  });

  it('ends the wait between two attempts', async () => {
    const play = await scenario({ records: inserts(1, 1), answer: () => thrown });
    await play.clock.advance(40_000);
    await play.run.pause();
    expect(play.run.status().state).toBe('Disabled');
  });

  it('[disable-keeps-position] keeps the position: resume goes on from it, not from the start', async () => {
    const play = await scenario({ records: inserts(1, 2) });
    await play.clock.advance(0);
    await play.run.pause();
    play.source.append('shard', inserts(3, 4));
    await play.clock.advance(60_000);
    play.run.resume();
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1,2', '3,4']);
    expect(play.run.status().state).toBe('Enabled');
  });

  it('followed at once by resume takes effect in that order', async () => {
    const play = await scenario({ records: inserts(1, 1), durationMs: 1000 });
    await play.clock.advance(100);
    const paused = play.run.pause();
    play.run.resume();
    play.source.append('shard', inserts(2, 2));
    await play.clock.advance(10_000);
    await paused;
    expect(play.batches()).toEqual(['1', '2']);
    expect(play.run.status().state).toBe('Enabled');
  });
});

describe('a mapping', () => {
  it('that is not Enabled invokes nothing until it is resumed', async () => {
    const play = await scenario({ records: inserts(1, 1), mapping: { Enabled: false } });
    await play.clock.advance(60_000);
    expect(play.run.status()).toMatchObject({ state: 'Disabled', shards: [] });
    play.run.resume();
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1']);
  });

  it('stops without waiting for time to pass', async () => {
    const play = await scenario({ records: inserts(1, 1), durationMs: 900_000 });
    await play.clock.advance(1000);
    await play.run.stop();
    await play.run.ended;
    expect(play.run.status().state).toBe('Stopped');
  });

  it('ends with what its observer throws', async () => {
    const play = await scenario({
      records: inserts(1, 1),
      answer: () => {
        play.activities.push = () => {
          throw new Error('the observer is broken');
        };
        return returned(null);
      },
    });
    const ended = expect(play.run.ended).rejects.toThrow('the observer is broken');
    await play.clock.advance(1000);
    await ended;
    expect(play.run.status().state).toBe('Stopped');
  });

  it('of many shards causes no warning of leaking listeners', async () => {
    const warnings: Error[] = [];
    const collect = (warning: Error) => warnings.push(warning);
    process.on('warning', collect);
    const source = memorySource({ kind: 'dynamodb', arn: STREAM_ARN });
    for (let shard = 0; shard < 30; shard += 1) source.open(`shard-${shard}`);
    const play = await scenario({ source });
    await play.clock.advance(10_000);
    await play.run.stop();
    process.off('warning', collect);
    expect(warnings).toEqual([]);
  });

  it('tells position, work in hand and ages while it runs', async () => {
    const play = await scenario({ records: inserts(1, 5), mapping: { BatchSize: 2 }, durationMs: 3000 });
    await play.clock.advance(4000);
    const { shards, iteratorAgeMs, metrics } = play.run.status();
    expect(shards).toEqual([
      {
        shardId: 'shard',
        phase: 'invoking',
        checkpoint: '2',
        lastRead: '5',
        inFlight: 2,
        buffered: 1,
        attempt: 1,
        iteratorAgeMs: 3000,
        lagMs: 4000,
      },
    ]);
    expect(iteratorAgeMs).toBe(3000);
    expect(metrics).toMatchObject({ polled: 5, invoked: 4, processed: 2 });
  });
});

it('[virtual-time-pure] two runs of the same inputs do the same at the same times', async () => {
  const play = async () => {
    let invocations = 0;
    const { clock, activities, run } = await scenario({
      records: inserts(1, 50),
      mapping: {
        BatchSize: 10,
        MaximumRetryAttempts: 2,
        BisectBatchOnFunctionError: true,
        DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
      },
      answer: () => (++invocations % 3 === 0 ? thrown : returned(null)),
      durationMs: 7,
    });
    await clock.advance(60_000);
    await run.stop();
    return activities;
  };
  expect(await play()).toEqual(await play());
});
