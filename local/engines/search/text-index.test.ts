import { describe, expect, it } from 'vitest';
import { TextIndex } from './text-index.ts';

function matching(texts: Record<string, string>, query: string, combineWith: 'OR' | 'AND' = 'OR'): string[] {
  const index = new TextIndex();
  for (const [id, text] of Object.entries(texts)) index.set(id, text);
  return [...index.match(query, combineWith).keys()].toSorted();
}

describe('TextIndex', () => {
  // Each row was compared with the `standard` analyzer of OpenSearch 2.19.
  it.each([
    ['jane.doe@example.com', ['jane.doe', 'example.com'], ['jane', 'com']],
    ["O'Neil foo-bar", ["o'neil", 'foo', 'BAR'], ['neil', 'foo_bar']],
    ['3,000 1.5 a1.b2', ['3,000', '1.5', 'a1', 'b2'], ['3', '5']],
    ['東京タワー Straße', ['東', '京', 'タワー', 'straße'], ['タ', 'stra']],
  ])('divides %s as OpenSearch does', (text, words, others) => {
    expect(words.filter((word) => matching({ a: text }, word).length === 0)).toEqual([]);
    expect(others.filter((word) => matching({ a: text }, word).length > 0)).toEqual([]);
  });

  it('finds any word or all of them', () => {
    const texts = { a: 'Jane Doe', b: 'Jane Roe', c: 'Max Roe' };
    expect(matching(texts, 'jane roe', 'OR')).toEqual(['a', 'b', 'c']);
    expect(matching(texts, 'jane roe', 'AND')).toEqual(['b']);
  });

  it('finds a text by its latest words only, however often it changes', () => {
    const index = new TextIndex();
    for (let round = 0; round < 100; round++) {
      index.set('a', `round${round} same`);
      if (round % 3 === 0) expect(index.match(`round${round}`, 'OR').size).toBe(1);
    }
    expect(index.match('round98', 'OR').size).toBe(0);
    const once = new TextIndex();
    once.set('a', 'round99 same');
    expect(index.match('same', 'OR')).toEqual(once.match('same', 'OR'));
    index.set('a', undefined);
    expect(index.match('same', 'OR').size).toBe(0);
  });
});
