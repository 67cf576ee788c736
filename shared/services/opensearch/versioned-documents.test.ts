import { describe, expect, it } from 'vitest';
import { VersionedDocuments } from './versioned-documents.ts';

function documents(gcDeletesMs = 60_000) {
  const clock = { nowMs: 0 };
  return { clock, store: new VersionedDocuments<string>({ gcDeletesMs, nowMs: () => clock.nowMs }) };
}

const external = (version: number) => ({ type: 'external', version }) as const;

describe('VersionedDocuments', () => {
  it('forgets the version of a deleted document after gcDeletesMs, so that an older write comes back', () => {
    const { clock, store } = documents(60_000);
    store.write('u1', 'new', external(9));
    store.delete('u1', external(10));
    clock.nowMs = 60_000;
    expect(store.write('u1', 'late', external(5)).kind).toBe('conflict');
    clock.nowMs = 60_001;
    expect(store.write('u1', 'late', external(5)).kind).toBe('created');
  });

  it('counts the horizon from the latest delete of the same document', () => {
    const { clock, store } = documents(100);
    store.delete('u1', external(1));
    store.delete('u2', external(1));
    clock.nowMs = 90;
    store.delete('u1', external(2));
    clock.nowMs = 150;
    expect(store.write('u2', '', external(1)).kind).toBe('created');
    expect(store.write('u1', '', external(2)).kind).toBe('conflict');
  });

  it('never forgets the version of a living document', () => {
    const { clock, store } = documents(100);
    store.write('u1', 'new', external(9));
    clock.nowMs = 1_000_000;
    expect(store.write('u1', 'late', external(8)).kind).toBe('conflict');
  });

  it('numbers accepted writes and deletes without gaps', () => {
    const { store } = documents();
    const outcomes = [
      store.write('u1', 'a', external(5)),
      store.write('u1', 'b', external(5)),
      store.delete('u1', external(6)),
      store.delete('none', external(1)),
    ];
    expect(outcomes.map((outcome) => ('seqNo' in outcome ? outcome.seqNo : outcome.kind))).toEqual([
      0,
      'conflict',
      1,
      2,
    ]);
  });

  it('counts internal versions up, also across a delete that is still remembered', () => {
    const { store } = documents();
    store.write('u1', 'a', { type: 'internal' });
    store.delete('u1', { type: 'internal' });
    expect(store.write('u1', 'b', { type: 'internal' })).toMatchObject({ kind: 'created', version: 3 });
  });

  it('creates only where no document is', () => {
    const { store } = documents();
    expect(store.write('u1', 'a', { type: 'absent' }).kind).toBe('created');
    expect(store.write('u1', 'b', { type: 'absent' })).toEqual({
      kind: 'conflict',
      reason: '[u1]: version conflict, document already exists (current version [1])',
    });
  });
});
