import { expect, it } from 'vitest';
import { memoryOf } from './memory.ts';

const megabytes = 1024 * 1024;

it('tells a run that keeps something of every seed from one that only breathes', () => {
  const growing = Array.from({ length: 100 }, (_, seed) => (40 + seed) * megabytes);
  const level = Array.from({ length: 100 }, (_, seed) => (40 + (seed % 7)) * megabytes);
  expect(memoryOf(growing)).toMatchObject({ grows: true, line: expect.stringContaining('it grows') });
  expect(memoryOf(level)).toMatchObject({ grows: false });
});

it('takes the first seeds, which load the program, for no growth', () => {
  expect(memoryOf([10, 60, 60].map((each) => each * megabytes)).grows).toBe(false);
});
