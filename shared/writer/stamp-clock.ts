import { nextStamp, type Stamp, stampParts } from '../change/stamp.ts';
import { WriteError } from './write-error.ts';

/** How far stamps may run ahead of the clock: more than clocks of machines differ, less than a person notices. */
const aheadMaxMicroseconds = 1_000_000n;

export interface StampClock {
  /**
   * Greater than every stamp that this clock gave before and than `after`, the stamp of the item to be written.
   *
   * @throws {WriteError} `clock-ahead` when `after` is more than a second ahead of the machine's clock: one of the two
   * clocks is wrong, and going along would let the error spread to every item.
   */
  next(after?: Stamp): Stamp;
}

/**
 * A hybrid logical clock: the machine's, pushed forward by what has been seen.
 *
 * @throws {RangeError} when the region is no region's name.
 */
export function createStampClock({ nowMs, region }: { nowMs: () => number; region: string }): StampClock {
  nextStamp({ nowMicroseconds: 0n, region });
  let last: Stamp | undefined;
  return {
    next(after) {
      const nowMicroseconds = BigInt(Math.floor(nowMs() * 1000));
      const limit = nowMicroseconds + aheadMaxMicroseconds;
      if (after !== undefined && stampParts(after).microseconds > limit) throw tooFarAhead(after, nowMicroseconds);
      // A machine's clock that was set back is followed: the item's own stamp is what must be exceeded.
      const own = last !== undefined && stampParts(last).microseconds <= limit ? last : undefined;
      const floor = own === undefined || (after !== undefined && after > own) ? after : own;
      last = nextStamp({ nowMicroseconds, after: floor, region });
      return last;
    },
  };
}

function tooFarAhead(after: Stamp, nowMicroseconds: bigint): WriteError {
  const { microseconds, region } = stampParts(after);
  const aheadS = Number(microseconds - nowMicroseconds) / 1_000_000;
  return new WriteError(
    'clock-ahead',
    `The item was written in ${region} with a stamp ${aheadS.toFixed(1)} s ahead of this machine's clock, and at ` +
      'most 1 s is followed: nothing was written. Compare both clocks with the real time; the item can be written ' +
      'here once this clock has come within a second of the stamp.',
  );
}
