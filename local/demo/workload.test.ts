import { describe, expect, it } from 'vitest';
import { planWorkload, type Write } from './workload.ts';

const plan = (options: { users?: number; seed?: number; poison?: boolean } = {}) =>
  planWorkload({ users: 400, seed: 7, poison: false, ...options });

describe('planWorkload', () => {
  it('is the same for the same seed and another for another seed', () => {
    expect(plan()).toEqual(plan());
    expect(plan({ seed: 8 })).not.toEqual(plan());
  });

  it('holds the promised shares of inserts, edits, moves, deletes, expiries and transactions', () => {
    const { counts, steps } = plan();
    expect(counts).toMatchObject({ inserts: 400, edits: 1600, deletes: 40, reinserts: 20, expiries: 20, poisoned: 0 });
    expect(counts.writes).toBe(steps.flat().length);
    expect(counts.writes).toBe(400 + 1600 + 40 + 20 + 20);
    expect(counts.moves / counts.edits).toBeGreaterThan(0.25);
    expect(counts.moves / counts.edits).toBeLessThan(0.35);
    expect(counts.inTransactions / counts.writes).toBeGreaterThan(0.03);
    expect(counts.inTransactions / counts.writes).toBeLessThan(0.08);
  });

  it('edits ten users far more often than the others', () => {
    const writesPerUser = new Map<string, number>();
    for (const { id } of plan().steps.flat()) writesPerUser.set(id, (writesPerUser.get(id) ?? 0) + 1);
    const sorted = [...writesPerUser].sort(([, a], [, b]) => b - a).map(([id]) => id);
    expect(sorted.slice(0, 10).sort()).toEqual([...sorted].sort().slice(0, 10));
  });

  it('starts every user with an insert and never edits a user that is deleted', () => {
    for (const writes of writesByUser(plan().steps.flat()).values()) {
      let exists = false;
      for (const write of writes) {
        if (write.kind !== 'put') expect(exists).toBe(true);
        exists = write.kind !== 'delete';
      }
    }
  });

  it('keeps the address of a user that is deleted and inserted again', () => {
    for (const writes of writesByUser(plan().steps.flat()).values()) {
      const addresses = writes.flatMap((write) => (write.kind === 'put' ? write.item.email?.S : []));
      expect(new Set(addresses).size).toBe(1);
    }
  });

  it('never names a user twice in one transaction', () => {
    for (const step of plan().steps) expect(new Set(step.map(({ id }) => id)).size).toBe(step.length);
  });

  it('writes balances in the form in which DynamoDB returns them, beyond what a double holds', () => {
    const balances = plan()
      .steps.flat()
      .flatMap((write) => (write.kind === 'put' ? (write.item.balance?.N ?? []) : []));
    for (const balance of balances) expect(balance).toMatch(/^-?[1-9]\d*(\.\d*[1-9])?$/);
    expect(balances.some((balance) => balance.replace(/\D/g, '').length > 20)).toBe(true);
  });

  it('poisons each of the four attributes when asked to, and corrects half of the users by their last edit', () => {
    const { counts, steps } = plan({ poison: true });
    const lastBad = new Map<string, boolean>();
    const kinds = new Set<string>();
    for (const write of steps.flat()) {
      if (write.kind === 'delete') continue;
      const values = write.kind === 'put' ? write.item : write.set;
      for (const name of ['email', 'name', 'country', 'balance']) {
        if (values[name] === undefined) continue;
        const bad = name === 'balance' ? values[name].S !== undefined : values[name].N !== undefined;
        if (bad) kinds.add(name);
        if (bad || lastBad.has(`${write.id} ${name}`)) lastBad.set(`${write.id} ${name}`, bad);
      }
    }
    expect([...kinds].sort()).toEqual(['balance', 'country', 'email', 'name']);
    expect(lastBad.size).toBe(counts.poisoned);
    expect([...lastBad.values()].filter((bad) => !bad)).toHaveLength(counts.poisoned / 2);
  });
});

function writesByUser(writes: readonly Write[]): Map<string, Write[]> {
  const byUser = new Map<string, Write[]>();
  for (const write of writes) byUser.set(write.id, [...(byUser.get(write.id) ?? []), write]);
  return byUser;
}
