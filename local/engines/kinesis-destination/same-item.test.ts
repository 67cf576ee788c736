import { expect, test } from 'vitest';
import { sameItem } from './same-item.ts';

test('the order of attributes and of set members makes no difference', () => {
  const a = { id: { S: 'a' }, deep: { M: { set: { NS: ['1', '2'] } } } };
  const b = { deep: { M: { set: { NS: ['2', '1'] } } }, id: { S: 'a' } };

  expect(sameItem(a, b)).toBe(true);
});

test('the order of a list, a type or an attribute more makes one', () => {
  expect(sameItem({ l: { L: [{ S: 'a' }, { S: 'b' }] } }, { l: { L: [{ S: 'b' }, { S: 'a' }] } })).toBe(false);
  expect(sameItem({ n: { N: '1' } }, { n: { S: '1' } })).toBe(false);
  expect(sameItem({ n: { N: '1' } }, { n: { N: '1' }, m: { NULL: true } })).toBe(false);
});
