import { expect, test } from 'vitest';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import { recordSizeBytes } from './dynamodb-stream-record-size.ts';

test.each<{ description: string; image: AttributeMap; size: number }>([
  { description: 'text in UTF-8 bytes', image: { n: { S: 'é1' } }, size: 1 + 3 },
  { description: 'a number in digit pairs', image: { n: { N: '12345' } }, size: 1 + 4 },
  { description: 'a negative fraction without its zeros', image: { n: { N: '-0.0120' } }, size: 1 + 3 },
  { description: 'zero', image: { n: { N: '0' } }, size: 1 + 1 },
  { description: 'binary in raw bytes', image: { n: { B: 'AQL/' } }, size: 1 + 3 },
  { description: 'flags', image: { n: { BOOL: true }, m: { NULL: true } }, size: 2 + 2 },
  { description: 'sets by their members', image: { n: { SS: ['a', 'bc'] }, m: { NS: ['1'] } }, size: 2 + 3 + 2 },
  { description: 'a list', image: { n: { L: [{ S: 'a' }, { BOOL: false }] } }, size: 1 + 3 + 2 + 2 },
  { description: 'a map', image: { n: { M: { k: { S: 'a' } } } }, size: 1 + 3 + 1 + 2 },
])('counts $description', ({ image, size }) => {
  expect(recordSizeBytes({ Keys: {}, NewImage: image })).toBe(size);
});

test('counts keys and both images', () => {
  const image: AttributeMap = { id: { S: 'a' } };
  expect(recordSizeBytes({ Keys: image, NewImage: image, OldImage: image })).toBe(9);
});
