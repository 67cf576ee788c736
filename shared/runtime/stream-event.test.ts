import { describe, expect, it } from 'vitest';
import { readStreamEvent } from './stream-event.ts';

const window = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' };
const shardId = 'shardId-000000000000';

describe('readStreamEvent', () => {
  it('is of no window unless it says so', () => {
    expect(readStreamEvent({ Records: [1] })).toEqual({ records: [1], window: 'none' });
  });

  it('takes window, shard and state from an event of a window', () => {
    expect(readStreamEvent({ Records: [], window, shardId, state: { n: 1 } })).toEqual({
      records: [],
      shardId,
      window: 'open',
      turn: { ...window, shardId, state: { n: 1 }, isClosing: false },
    });
  });

  it('begins with an empty state where Lambda sends none', () => {
    expect(readStreamEvent({ Records: [], window, shardId }).turn?.state).toEqual({});
  });

  it.each([
    { end: 'in time', flags: { isFinalInvokeForWindow: true } },
    { end: 'early', flags: { isWindowTerminatedEarly: true } },
  ])('knows that the window ends $end, also without a list of records', ({ flags }) => {
    const { records, window: phase, turn } = readStreamEvent({ window, shardId, ...flags });
    expect({ records, phase, isClosing: turn?.isClosing }).toEqual({ records: [], phase: 'closing', isClosing: true });
  });

  it.each([
    { problem: 'no times', broken: { window: {}, shardId } },
    { problem: 'times that are none', broken: { window: { start: 'now', end: 'then' }, shardId } },
    { problem: 'no shard', broken: { window } },
  ])('has nothing to count in when the window has $problem', ({ broken }) => {
    expect(readStreamEvent({ Records: [], ...broken }).turn).toBeUndefined();
  });

  it.each([undefined, null, 'text', {}, { Records: 'text' }])('refuses what no mapping sends: %j', (event) => {
    expect(() => readStreamEvent(event)).toThrow('event source mapping only');
  });
});
