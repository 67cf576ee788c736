import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextStamp, readStamp, type Stamp, stampOf, stampParts, successor } from './stamp.ts';

const regions = fc.oneof(
  fc.constantFrom('eu-west-1', 'eu-west-10', 'us-east-1', 'us-isof-south-1', 'ap-southeast-2'),
  fc.stringMatching(/^[a-z0-9-]{1,20}$/),
);
/** Mostly close to each other, where ties and the bounds of the counter are. */
const microseconds = fc.oneof(
  fc.bigInt({ min: 1_767_225_600_000_000n, max: 1_767_225_600_000_003n }),
  fc.bigInt({ min: 0n, max: 10n ** 16n - 2n }),
);
const counters = fc.oneof(fc.constantFrom(0, 1, 99_998, 99_999), fc.integer({ min: 0, max: 99_999 }));

/** Written out, so that the format itself is held: it is stored in tables. */
const stamps: fc.Arbitrary<Stamp> = fc.tuple(microseconds, counters, regions).map(([at, counter, region]) => {
  const text = `${String(at).padStart(16, '0')}/${String(counter).padStart(5, '0')}/${region.padEnd(20, '_')}`;
  const stamp = readStamp(text);
  if (stamp === undefined) throw new Error(`${text} is not read as a stamp`);
  return stamp;
});

describe('a stamp', () => {
  it('has its parts, and text order is the order of its parts', () => {
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        const left = stampParts(a);
        const right = stampParts(b);
        const byTime = left.microseconds - right.microseconds || BigInt(left.counter - right.counter);
        if (byTime !== 0n) expect(a < b).toBe(byTime < 0n);
        else expect(a === b).toBe(left.region === right.region);
      }),
    );
  });

  it('has the order of bytes, in which DynamoDB compares', () => {
    fc.assert(
      fc.property(stamps, stamps, (a, b) => {
        expect(a < b).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0);
      }),
    );
  });

  it('is read from anything without an error, and only from the one form', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(readStamp(text)).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(fc.anything(), (value) => {
        // A record can hold what its type rules out.
        const image: unknown = { _v: value };
        expect(stampOf(image as Parameters<typeof stampOf>[0], '_v')).toBeUndefined();
      }),
    );
    fc.assert(
      fc.property(stamps, fc.nat({ max: 42 }), (stamp, end) => {
        expect(readStamp(stamp)).toBe(stamp);
        expect(readStamp(stamp.slice(0, end))).toBeUndefined();
        expect(readStamp(`${stamp}_`)).toBeUndefined();
      }),
    );
  });
});

describe('nextStamp', () => {
  it('is greater than what the writer has seen, not below the clock, and names the region', () => {
    fc.assert(
      fc.property(microseconds, fc.option(stamps, { nil: undefined }), regions, (nowMicroseconds, after, region) => {
        const stamp = nextStamp({ nowMicroseconds, after, region });
        const parts = stampParts(stamp);
        if (after !== undefined) expect(stamp > after).toBe(true);
        expect(parts.microseconds >= nowMicroseconds).toBe(true);
        expect(parts.region).toBe(region);
      }),
    );
  });

  it('runs ahead of a clock that stands still by the counter alone', () => {
    const at = { nowMicroseconds: 1_767_225_600_000_000n, region: 'eu-west-1' };
    let last = nextStamp(at);
    for (let write = 0; write < 1000; write += 1) last = nextStamp({ ...at, after: last });
    expect(stampParts(last)).toEqual({ microseconds: at.nowMicroseconds, counter: 1000, region: 'eu-west-1' });
  });
});

describe('successor', () => {
  it('leaves no room below it for another stamp of its region', () => {
    fc.assert(
      fc.property(stamps, stamps, regions, (stamp, other, region) => {
        const next = successor(stamp, region);
        expect(next > stamp).toBe(true);
        expect(stampParts(next).region).toBe(region);
        if (stampParts(other).region === region && other > stamp) expect(other >= next).toBe(true);
      }),
    );
  });
});
