import { expect, it } from 'vitest';
import { createDigest } from '../world/digest.ts';
import { FaultBook } from './fault-book.ts';

it('counts nothing of what befalls somebody else, and tells of it in the same way', () => {
  const [counted, uncounted] = [true, false].map((isCounted) => {
    const digest = createDigest();
    const book = new FaultBook(digest);
    const counter = isCounted ? book : book.uncounted;
    expect(counter.fires('throttle', 'archive', 'eu-central-1')).toBe(true);
    counter.changes('throttle', 'archive');
    counter.diverts('poison', 'archive');
    return { book, hash: digest.value() };
  });
  expect(counted?.book.coverage.get('throttle archive')).toEqual({ fired: 1, changed: 1 });
  expect(counted?.book.coverage.get('poison archive')).toEqual({ fired: 1, changed: 1 });
  expect(uncounted?.book.coverage.size).toBe(0);
  expect(uncounted?.hash).toBe(counted?.hash);
  expect(uncounted?.book.lines).toEqual(counted?.book.lines);
});
