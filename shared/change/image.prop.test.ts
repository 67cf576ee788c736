import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeValues, images } from '../testing/arbitraries.ts';
import { type PlainItem, toImage } from '../testing/record-builder-item.ts';
import type { AttributeMap, AttributeValue } from './attribute-value.ts';
import { type DecodedItem, decodeImage } from './decode.ts';
import { readBinary, readDecimal, readMap, readString, readStringSet, readTimestamp } from './read-attribute.ts';
import { sameImage } from './same-image.ts';

const anything = fc.jsonValue({ maxDepth: 4 });
const damagedImages = fc.dictionary(fc.string(), anything).map((image) => image as AttributeMap);

describe('decodeImage', () => {
  it('loses nothing: written back, it is the same image', () => {
    fc.assert(
      fc.property(images, (image) => {
        expect(toImage(plain(decodeImage(image, 'newImage')))).toEqual(image);
      }),
    );
  });

  it('answers arbitrary JSON with an item or InvalidRecordError', () => {
    fc.assert(
      fc.property(damagedImages, (image) => {
        try {
          decodeImage(image, 'newImage');
        } catch (error) {
          expect(error).toMatchObject({ name: 'InvalidRecordError', field: expect.stringMatching(/^newImage\./) });
        }
      }),
    );
  });
});

describe('readers', () => {
  it('answer any attribute with its value, undefined or InvalidRecordError', () => {
    const readers = [readString, readDecimal, readBinary, readMap, readStringSet, readTimestamp];
    fc.assert(
      fc.property(fc.oneof(attributeValues, anything), (value) => {
        for (const read of readers) {
          try {
            read({ a: value as AttributeValue }, 'a', 'newImage');
          } catch (error) {
            expect(error).toMatchObject({ name: 'InvalidRecordError', field: 'newImage.a' });
          }
        }
      }),
    );
  });
});

describe('sameImage', () => {
  it('ignores the order of attributes and of set members, and the notation of numbers', () => {
    fc.assert(fc.property(images, (image) => sameImage(image, shuffled(image)) && sameImage(shuffled(image), image)));
  });

  it('sees every difference that decoding sees', () => {
    fc.assert(
      fc.property(images, fc.string(), attributeValues, (image, name, value) => {
        const other = Object.fromEntries([...Object.entries(image), [name, value]]);
        const isSame = Object.hasOwn(image, name) && sameImage({ a: value }, { a: image[name] as AttributeValue });
        expect(sameImage(image, other)).toBe(isSame);
        expect(sameImage(other, image)).toBe(isSame);
      }),
    );
  });

  it('never throws, whatever the images hold', () => {
    fc.assert(
      fc.property(damagedImages, damagedImages, (a, b) => {
        expect([true, false]).toContain(sameImage(a, b));
        expect([true, false]).toContain(sameImage(a, a));
      }),
    );
  });
});

function plain(item: DecodedItem): PlainItem {
  return item as PlainItem;
}

function shuffled(image: AttributeMap): AttributeMap {
  return Object.fromEntries(
    Object.entries(image)
      .reverse()
      .map(([name, value]) => [name, turned(value)]),
  );
}

function turned(value: AttributeValue): AttributeValue {
  if ('N' in value)
    return { N: value.N.includes('.') || /e/i.test(value.N) ? value.N : `0${value.N}.0`.replace(/^0([+-])/, '$10') };
  if ('SS' in value) return { SS: value.SS.toReversed() };
  if ('NS' in value) return { NS: value.NS.toReversed() };
  if ('BS' in value) return { BS: value.BS.toReversed() };
  if ('M' in value) return { M: shuffled(value.M) };
  if ('L' in value) return { L: value.L.map(turned) };
  return value;
}
