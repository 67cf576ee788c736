import { expect, it } from 'vitest';
import { createDigest } from '../world/digest.ts';
import { FaultBook } from './fault-book.ts';

it('counts nothing of what befalls somebody else, and tells of it in the same way', () => {
  const [counted, uncounted] = [true, false].map((isCounted) => {
    const digest = createDigest();
    const book = new FaultBook(digest);
    expect(book.fires('throttle', { consumer: 'archive', where: 'eu-central-1', isCounted })).toBe(true);
    return { book, hash: digest.value() };
  });
  expect(counted?.book.coverage.get('throttle archive')).toEqual({ fired: 1, changed: 0 });
  expect(uncounted?.book.coverage.size).toBe(0);
  expect(uncounted?.hash).toBe(counted?.hash);
  expect(uncounted?.book.lines).toEqual(counted?.book.lines);
});
