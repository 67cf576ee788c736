import { describe, expect, it } from 'vitest';
import { decodeImage } from './decode.ts';
import { ExactNumber } from './exact-number.ts';

describe('decodeImage', () => {
  it('keeps all 38 digits of a number, and a number apart from the same text', () => {
    const number = '12345678901234567890.123456789012345678';
    const item = decodeImage({ n: { N: number }, s: { S: number }, set: { NS: ['1.0', '2'] } }, 'newImage');
    expect(item.n).toEqual(new ExactNumber(number));
    expect(item.s).toBe(number);
    expect(item.set).toEqual(new Set([new ExactNumber('1.0'), new ExactNumber('2')]));
  });

  it('gives binary as bytes', () => {
    expect(decodeImage({ b: { B: 'AP8=' } }, 'newImage').b).toEqual(Buffer.from([0, 255]));
  });

  it('keeps an attribute named __proto__ as an attribute', () => {
    const item = decodeImage(JSON.parse('{"__proto__":{"S":"x"}}'), 'newImage');
    expect(Object.entries(item)).toEqual([['__proto__', 'x']]);
  });

  it('names the attribute that holds something else', () => {
    const image = JSON.parse('{"good":{"S":"x"},"address":{"M":{"street":{"S":7}}}}');
    expect(() => decodeImage(image, 'oldImage')).toThrow('oldImage.address: holds something else than text');
  });
});
