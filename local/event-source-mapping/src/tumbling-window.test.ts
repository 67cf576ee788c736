import { describe, expect, it } from 'vitest';
import { memoryPositions } from './positions/memory-positions.ts';
import { type Answer, inserts, returned, START_MS, STREAM_ARN, scenario, thrown } from './testing/scenario.ts';

const mapping = { TumblingWindowInSeconds: 60 };
const tuning = { windowGraceMs: 1000 };

/** Keeps the number of records of the window so far as its state. */
const counting: Answer = ({ Records, state }) =>
  returned({ state: { count: Number(state?.count ?? 0) + Records.length } });

function at(second: number, first: number, last = first) {
  return inserts(first, last, { arrivalMs: START_MS + second * 1000 });
}

describe('a tumbling window', () => {
  it('[window-fields] adds window, state, shard and flags to the event', async () => {
    const play = await scenario({ records: at(0, 1), mapping, answer: counting });
    await play.clock.advance(0);
    const { Records, ...fields } = play.events()[0] ?? {};
    expect(Records).toHaveLength(1);
    expect(fields).toEqual({
      window: { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' },
      state: {},
      shardId: 'shard',
      eventSourceARN: STREAM_ARN,
      isFinalInvokeForWindow: false,
      isWindowTerminatedEarly: false,
    });
  });

  it('[window-by-arrival] is aligned to multiples of its length by the arrival of its records', async () => {
    const play = await scenario({ records: at(275, 1), mapping: { TumblingWindowInSeconds: 120 }, answer: counting });
    await play.clock.advance(0);
    expect(play.events()[0]?.window).toEqual({ start: '2026-01-01T00:04:00Z', end: '2026-01-01T00:06:00Z' });
  });

  it('[window-never-spanned] is never spanned by a batch', async () => {
    const records = [...at(58, 1, 2), ...at(60, 3), ...at(119, 4), ...at(120, 5)];
    const play = await scenario({ records, mapping, answer: counting });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1,2', '', '3,4', '', '5']);
  });

  it('[window-state] [window-final] hands the state on, and at last to an invocation without records', async () => {
    const records = [...at(0, 1, 5), ...at(60, 6)];
    const play = await scenario({ records, mapping: { ...mapping, BatchSize: 2 }, answer: counting });
    await play.clock.advance(0);
    expect(play.events().map(({ state, isFinalInvokeForWindow: final }) => [state?.count ?? 0, final])).toEqual([
      [0, false],
      [2, false],
      [4, false],
      [5, true],
      [0, false],
    ]);
  });

  it('[window-grace] without new records ends a grace after its time', async () => {
    const play = await scenario({ records: at(0, 1), mapping, answer: counting, tuning });
    await play.clock.advance(60_900);
    expect(play.batches()).toEqual(['1']);
    await play.clock.advance(100);
    expect(play.events()[1]).toMatchObject({ isFinalInvokeForWindow: true, state: { count: 1 }, Records: [] });
    await play.clock.advance(600_000);
    expect(play.batches()).toHaveLength(2);
  });

  it('that is long over stays open for a grace after the last record read for it', async () => {
    const play = await scenario({ records: at(-7200, 1), mapping, answer: counting, tuning });
    await play.clock.advance(500);
    play.source.append('shard', at(-7199, 2));
    await play.clock.advance(10_000);
    expect(play.batches()).toEqual(['1', '2', '']);
    expect(play.events()[1]?.state).toEqual({ count: 1 });
    expect(play.timesMs()).toEqual([0, 750, 1750]);
  });

  it('[window-shard-end] ends with its shard; children begin with an empty state', async () => {
    const play = await scenario({ records: at(0, 1), mapping, answer: counting });
    play.source.split('shard', ['child']);
    play.source.append('child', at(1, 2));
    await play.clock.advance(1000);
    const events = play.events();
    expect(events.map(({ shardId, state }) => [shardId, state?.count ?? 0])).toEqual([
      ['shard', 0],
      ['shard', 1],
      ['child', 0],
    ]);
  });

  it('[window-suspends] suspends its shard until the final invocation succeeds', async () => {
    let failures = 3;
    const answer: Answer = (event, numbers) =>
      event.isFinalInvokeForWindow && failures-- > 0 ? thrown : counting(event, numbers);
    const records = [...at(0, 1), ...at(60, 2)];
    const play = await scenario({ records, mapping: { ...mapping, MaximumRetryAttempts: 0 }, answer });
    await play.clock.advance(30_000);
    expect(play.batches()).toEqual(['1', '', '', '', '', '2']);
  });

  it('[window-state-required] fails an invocation whose response has no state', async () => {
    const withRetries = { ...mapping, MaximumRetryAttempts: 1 };
    const play = await scenario({ records: at(0, 1), mapping: withRetries, answer: () => returned({}) });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1', '1']);
    expect(play.run.status().metrics.dropped).toBe(1);
  });

  it('[window-partial] takes the state of a partial response that made progress, and of no other failure', async () => {
    const answers = [
      { state: { count: 99 }, batchItemFailures: [{ itemIdentifier: '1' }] },
      { state: { count: 2 }, batchItemFailures: [{ itemIdentifier: '3' }] },
      { state: { count: 3 } },
    ];
    const play = await scenario({
      records: at(0, 1, 3),
      mapping: { ...mapping, FunctionResponseTypes: ['ReportBatchItemFailures'] },
      answer: () => returned(answers.shift()),
    });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,2,3', '1,2,3', '3']);
    expect(play.events().map(({ state }) => state?.count)).toEqual([undefined, undefined, 2]);
  });

  it('keeps its state through bisecting', async () => {
    const answer: Answer = (event, numbers) => (numbers.length > 1 ? thrown : counting(event, numbers));
    const bisecting = { ...mapping, BisectBatchOnFunctionError: true };
    const play = await scenario({ records: at(0, 1, 3), mapping: bisecting, answer });
    await play.clock.advance(10);
    expect(play.batches()).toEqual(['1,2,3', '1', '2,3', '2', '3']);
    expect(play.events().at(-1)?.state).toEqual({ count: 2 });
  });

  it('[window-early-end] ends early when its state exceeds 1 MB, and goes on with an empty one', async () => {
    const answer: Answer = (event) => {
      return returned({ state: event.Records.length > 0 ? { text: 'x'.repeat(1024 * 1024) } : {} });
    };
    const play = await scenario({ records: at(0, 1, 2), mapping: { ...mapping, BatchSize: 1 }, answer });
    await play.clock.advance(0);
    expect(play.batches()).toEqual(['1', '', '2', '']);
    expect(play.events()[1]).toMatchObject({ isFinalInvokeForWindow: true, isWindowTerminatedEarly: true });
    expect(play.events()[2]).toMatchObject({ isWindowTerminatedEarly: false, state: {} });
  });

  it('[window-policies] of records that were all too old is never begun', async () => {
    const aged = { ...mapping, MaximumRecordAgeInSeconds: 60 };
    const play = await scenario({ records: at(-90, 1), mapping: aged, answer: counting, tuning });
    await play.clock.advance(300_000);
    expect(play.batches()).toEqual([]);
    expect(play.run.status().metrics.dropped).toBe(1);
  });

  it('left open by one mapping is carried on by the next', async () => {
    const positions = memoryPositions();
    const first = await scenario({ records: at(0, 1, 2), mapping, answer: counting, positions });
    await first.clock.advance(0);
    await first.run.stop();
    first.source.append('shard', at(1, 3));
    const second = await scenario({ source: first.source, mapping, answer: counting, positions });
    await second.clock.advance(0);
    expect(second.events()[0]?.state).toEqual({ count: 2 });
  });
});
