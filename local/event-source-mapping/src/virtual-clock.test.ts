import { setTimeout as realDelay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { virtualClock } from './virtual-clock.ts';

describe('virtualClock', () => {
  it('wakes sleepers in the order of their time, and of their arrival at the same time', async () => {
    const clock = virtualClock({ startMs: 0 });
    const woken: string[] = [];
    const sleeper = async (name: string, delayMs: number) => {
      await clock.sleep(delayMs);
      woken.push(`${name}@${clock.nowMs()}`);
    };
    const all = [sleeper('b', 20), sleeper('a', 10), sleeper('c', 20)];
    await clock.advance(20);
    await Promise.all(all);
    expect(woken).toEqual(['a@10', 'b@20', 'c@20']);
  });

  it('stands still while held work is under way', async () => {
    const clock = virtualClock({ startMs: 0 });
    let seenMs: number | undefined;
    const work = async () => {
      await clock.sleep(10);
      await clock.hold(realDelay(5));
      seenMs = clock.nowMs();
    };
    const done = work();
    const other = clock.sleep(11);
    await clock.advance(100);
    await Promise.all([done, other]);
    expect(seenMs).toBe(10);
  });

  it('ends a sleep early when its signal aborts', async () => {
    const clock = virtualClock({ startMs: 0 });
    const controller = new AbortController();
    const nap = clock.sleep(1000, controller.signal);
    controller.abort();
    await nap;
    expect(clock.nowMs()).toBe(0);
  });

  it('passes a day of naps of 100 ms in little real time', async () => {
    const clock = virtualClock({ startMs: 0 });
    let naps = 0;
    const napper = async () => {
      for (;;) {
        await clock.sleep(100);
        naps += 1;
      }
    };
    void napper();
    await clock.advance(3_600_000);
    expect(naps).toBe(36_000);
  });

  it('says so when nobody waits for time and the condition is not reached', async () => {
    const clock = virtualClock({ startMs: 0 });
    await expect(clock.advanceUntil(() => false, 1000)).rejects.toThrow('nobody is waiting');
  });

  it('says so when the condition takes too long', async () => {
    const clock = virtualClock({ startMs: 0 });
    const nap = clock.sleep(2000);
    await expect(clock.advanceUntil(() => false, 1000)).rejects.toThrow('not reached within 1000 ms');
    await clock.advance(2000);
    await nap;
  });
});
