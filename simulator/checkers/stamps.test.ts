import { expect, it } from 'vitest';
import type { Item } from './observed.ts';
import { checkStamps } from './stamps.ts';

const stamp = (at: number) => `${String(at).padStart(16, '0')}/00000/one_________________`;

/** What is found where an item bears these stamps one after the other; 0: none. */
function found(stamps: readonly number[], putAgain: ReadonlySet<string> = new Set()): string[] {
  const images: Item[] = stamps.map((at) => (at === 0 ? {} : { _v: { S: stamp(at) } }));
  const changes = images.map((newImage, at) => {
    const oldImage = images[at - 1];
    return { id: 'u', sequenceNumber: String(at), newImage, ...(oldImage && { oldImage }) };
  });
  const kinds: string[] = [];
  checkStamps({ name: 'one', changes, putAgain }, (kind) => kinds.push(kind));
  return kinds;
}

it('finds nothing where every stamp is higher than those before', () => {
  expect(found([0, 1, 2, 0, 3])).toEqual([]);
});

it('finds a stamp that comes again onto a stamped item, and one that goes back', () => {
  expect(found([1, 2, 1])).toEqual(['diverged', 'doubled']);
  expect(found([1, 3, 2])).toEqual(['diverged']);
});

it('finds a stamp that comes again onto what was written past the writer, unless a higher one follows', () => {
  expect(found([1, 0, 1])).toEqual(['doubled']);
  expect(found([1, 0, 1, 0, 1])).toEqual(['doubled']);
  expect(found([1, 0, 2, 0, 1])).toEqual(['doubled']);
  expect(found([1, 0, 1, 2])).toEqual([]);
  expect(found([1, 0, 1, 0, 2])).toEqual([]);
});

it('lets who puts an earlier image again put its stamp again', () => {
  expect(found([1, 2, 1], new Set(['2']))).toEqual([]);
});
