import { describe, expect, it } from 'vitest';
import type { MappingView } from './mappings.ts';
import { assertNotPaused, RestingConsumerError, watchForStandstill } from './resting-consumer.ts';

const running: MappingView = { region: 'here', consumer: 'counter', state: 'running', recordAgeMaxMs: 86_400_000 };

function watched() {
  let nowMs = 0;
  const look = watchForStandstill({ nowMs: () => nowMs });
  return (afterMs: number, more: Partial<MappingView>) => {
    nowMs = afterMs;
    look({ ...running, ...more });
  };
}

describe('a consumer that something waits for', () => {
  it('is named with the command that helps when it is paused', () => {
    expect(() => assertNotPaused({ ...running, state: 'paused' })).toThrow(
      /^counter in here is paused.*`npx tributary resume counter`/,
    );
    expect(() => assertNotPaused(running)).not.toThrow();
    expect(() => assertNotPaused(undefined)).not.toThrow();
  });

  it('stands still when it deals with nothing for half a minute although records wait', () => {
    const look = watched();
    look(0, { processed: 7, behind: 2 });
    look(29_000, { processed: 7, behind: 9 });
    expect(() => look(30_000, { processed: 7, behind: 9 })).toThrow(RestingConsumerError);
    expect(() => look(31_000, { processed: 7, behind: 9 })).toThrow(/has taken no record for 31 s/);
  });

  it('does not while it goes on, or while nothing waits', () => {
    const look = watched();
    look(0, { processed: 7, behind: 2 });
    look(29_000, { processed: 8, behind: 9 });
    look(58_000, { processed: 8, behind: 9 });
    look(59_000, { processed: 8, behind: 0 });
    look(88_000, { processed: 8, behind: 1 });
    expect(() => look(117_000, { processed: 8, behind: 1 })).not.toThrow();
  });

  it('of a stage is told by its rate and the age of its oldest record', () => {
    const look = watched();
    look(0, { oldestMs: 90_000, ratePerS: 0 });
    look(20_000, { oldestMs: 90_000, ratePerS: 3 });
    look(49_000, { oldestMs: 90_000, ratePerS: 0 });
    expect(() => look(60_000, { oldestMs: 90_000, ratePerS: 0 })).toThrow(RestingConsumerError);
  });
});
