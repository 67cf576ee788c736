import { describe, expect, it } from 'vitest';
import { checkSearch, type SearchDocument } from './search.ts';
import type { StoredItem } from './stored.ts';

const item: StoredItem = {
  id: { S: 'user-1' },
  email: { S: 'a@example.com' },
  country: { S: 'DE' },
  balance: { N: '12345678901234567890.25' },
};
const document: SearchDocument = {
  documentId: 'a',
  source: { id: 'user-1', email: 'a@example.com', country: 'DE', balance: '12345678901234567890.25' },
};
const changed = (fields: Record<string, unknown>) => ({ ...document, source: { ...document.source, ...fields } });
const clean = { lost: 0, doubled: 0, diverged: 0, unaccounted: 0 };

describe('checkSearch', () => {
  it('finds nothing where every item has one equal document', () => {
    expect(checkSearch({ users: [item], documents: [document] })).toMatchObject({ expected: 1, found: 1, ...clean });
  });

  it.each([
    { what: 'an item without a document as lost', documents: [], finding: { ...clean, lost: 1 } },
    {
      what: 'a second document as doubled',
      documents: [document, { ...document, documentId: 'b' }],
      finding: { ...clean, doubled: 1 },
    },
    { what: 'an older value as diverged', documents: [changed({ country: 'FR' })], finding: { ...clean, diverged: 1 } },
    {
      what: 'a number that went through a double as diverged',
      documents: [changed({ balance: Number('12345678901234567890.25') })],
      finding: { ...clean, diverged: 1 },
    },
    {
      what: 'an absent field as diverged',
      documents: [changed({ email: undefined })],
      finding: { ...clean, diverged: 1 },
    },
    {
      what: 'a field the item has not as diverged',
      documents: [changed({ name: 'Ada' })],
      finding: { ...clean, diverged: 1 },
    },
    {
      what: 'a document whose item is gone as diverged',
      documents: [document, changed({ id: 'user-2' })],
      finding: { ...clean, diverged: 1 },
    },
  ])('reports $what', ({ documents, finding }) => {
    expect(checkSearch({ users: [item], documents })).toMatchObject(finding);
  });

  it('asks nothing of an item that the index cannot accept, whether an older version is there or not', () => {
    const users = [{ ...item, name: { N: '42' } }];
    expect(checkSearch({ users, documents: [] })).toMatchObject({ ...clean, details: { poisoned: 1 } });
    expect(checkSearch({ users, documents: [document] })).toMatchObject(clean);
  });
});
