import { describe, expect, it } from 'vitest';
import type { AttributeMap } from './attribute-value.ts';
import { countingStamp, nextStamp, readStamp, successor } from './stamp.ts';

const region = 'eu-west-1';
const at = (nowMicroseconds: bigint) => nextStamp({ nowMicroseconds, region });
const earlier = at(1_000n);
const later = at(2_000n);
const image = (stamp?: string): AttributeMap => ({
  id: { S: 'a' },
  ...(stamp === undefined ? {} : { _v: { S: stamp } }),
});

describe('countingStamp: a stamp counts only when it is greater than the one before', () => {
  it.each([
    { description: 'an insert with a stamp', newImage: image(later), counts: later },
    { description: 'a greater stamp', oldImage: image(earlier), newImage: image(later), counts: later },
    { description: 'the first stamp of an item', oldImage: image(), newImage: image(later), counts: later },
    { description: 'a stamp over text that is none', oldImage: image('zzz'), newImage: image(later), counts: later },
    { description: 'an update that keeps the stamp (R2)', oldImage: image(later), newImage: image(later) },
    { description: 'a put of an earlier image (R7)', oldImage: image(later), newImage: image(earlier) },
    { description: 'a put that drops the stamp (R6)', oldImage: image(later), newImage: image() },
    { description: 'a removal', oldImage: image(later) },
    { description: 'text that is no stamp', oldImage: image(earlier), newImage: image('9'.repeat(43)) },
    { description: 'a number', newImage: { id: { S: 'a' }, _v: { N: '1' } } },
  ])('$description', ({ oldImage, newImage, counts }) => {
    const images = { ...(oldImage && { oldImage }), ...(newImage && { newImage }) };
    expect(countingStamp(images, '_v')).toBe(counts);
  });
});

describe('nextStamp', () => {
  it('refuses what is no region and no time, and says so', () => {
    expect(() => nextStamp({ nowMicroseconds: 1n, region: 'Europe (Ireland)' })).toThrowError(/name of a region/);
    expect(() => nextStamp({ nowMicroseconds: 1n, region: '' })).toThrowError(/name of a region/);
    expect(() => at(-1n)).toThrowError(/between 1970 and 2286/);
    expect(() => at(10n ** 16n)).toThrowError(/between 1970 and 2286/);
  });
});

describe('successor', () => {
  it('has the same tick where the name of the region allows it, the next counter where not', () => {
    expect(successor(earlier, 'us-east-1')).toBe('0000000000001000/00000/us-east-1___________');
    expect(successor(earlier, 'eu-west-1')).toBe('0000000000001000/00001/eu-west-1___________');
  });

  it('carries a full counter into the microseconds', () => {
    const full = readStamp('0000000000001000/99999/eu-west-1___________');
    if (full === undefined) throw new Error('not a stamp');
    expect(successor(full, region)).toBe('0000000000001001/00000/eu-west-1___________');
  });
});
