import fc from 'fast-check';
import { expect, it } from 'vitest';
import { VersionedDocuments } from './versioned-documents.ts';

const write = fc.record({
  id: fc.constantFrom('a', 'b', 'c'),
  version: fc.integer({ min: 1, max: 8 }),
  type: fc.constantFrom('external' as const, 'external_gte' as const),
  deletes: fc.boolean(),
});

it('VersionedDocuments: every id ends at the highest version sent, in any order and any number of times', () => {
  fc.assert(
    fc.property(fc.array(write, { maxLength: 30 }), (writes) => {
      const store = new VersionedDocuments<number>({ gcDeletesMs: 1000, nowMs: () => 0 });
      const accepted = new Map<string, { version: number; deleted: boolean }>();
      for (const { id, version, type, deletes } of writes) {
        const rule = { type, version };
        const outcome = deletes ? store.delete(id, rule) : store.write(id, version, rule);
        const before = accepted.get(id)?.version ?? 0;
        expect(outcome.kind !== 'conflict').toBe(type === 'external' ? version > before : version >= before);
        if (outcome.kind !== 'conflict') accepted.set(id, { version, deleted: deletes });
      }
      for (const [id, { version, deleted }] of accepted) {
        expect(version).toBe(Math.max(...writes.filter((one) => one.id === id).map((one) => one.version)));
        expect(store.get(id)?.version).toBe(deleted ? undefined : version);
      }
    }),
  );
});
