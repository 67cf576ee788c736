import { expect, test } from 'vitest';
import { createCreationTimes } from './creation-time.ts';

test('the changes of one second are numbered through in microseconds', () => {
  const creationTime = createCreationTimes();

  expect([10, 10, 10, 11].map(creationTime)).toEqual([10_000_000, 10_000_001, 10_000_002, 11_000_000]);
});

test('a clock that steps back does not take creation times back', () => {
  const creationTime = createCreationTimes();

  expect([10, 9, 9, 10].map(creationTime)).toEqual([10_000_000, 10_000_001, 10_000_002, 10_000_003]);
});

test('a finer source keeps its own resolution', () => {
  expect(createCreationTimes()(1_795_228_163.123456)).toBe(1_795_228_163_123_456);
});

test('a reader that goes on within a second gives the times that one reader would have given', () => {
  const [first = 0, ...others] = [10, 10, 10].map(createCreationTimes());

  expect([10, 10].map(createCreationTimes(first))).toEqual(others);
});
