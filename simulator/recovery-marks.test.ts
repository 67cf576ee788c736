import { join } from 'node:path';
import { expect, it } from 'vitest';
import { findMarks, marksIn } from './recovery-marks.ts';

const source = `export function answer(given: number): string {
  if (given === 1) return 'one'; // recovery: behind
  if (given === 2) {
    // recovery: within
    if (given > 3) return 'never';
    return 'two';
  }
  return 'other';
}
`;

it('marks the statement before it, or the branch that it begins', () => {
  const [behind, within] = marksIn(source, 'file:///a.ts').map(({ name, offset }) => [name, source.slice(offset)]);
  expect(behind).toEqual(['behind', expect.stringMatching(/^; \/\/ recovery: behind/)]);
  expect(within).toEqual(['within', expect.stringMatching(/^if \(given > 3\)/)]);
});

it('every mark of the sources has a name of its own', () => {
  const marks = findMarks(join(import.meta.dirname, '..'));
  expect(new Set(marks.map(({ name }) => name)).size).toBe(marks.length);
  expect(marks.length).toBeGreaterThan(40);
});
