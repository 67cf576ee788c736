import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Stamp } from '../../change/stamp.ts';
import type { StreamRecord } from '../../services/dynamodb/twin/stream-record.ts';
import { ReplicaHistory } from '../../testing/replica-history.ts';
import { A, B, replicaPair, text } from '../../testing/replica-pair.ts';
import { plannedWrites, replicaFaults, type WriteKind } from '../../testing/replica-plan.ts';
import type { StampedWrite } from '../../testing/replica-world.ts';

const names = ['eu-central-1', 'eu-west-1', 'us-east-1'];
const everyKind: readonly WriteKind[] = ['put', 'put', 'remove', 'plain', 'old', 'keep', 'hard', 'expire'];
const stampedKinds: readonly WriteKind[] = ['put', 'put', 'remove'];
const decisions = fc.infiniteStream(fc.nat({ max: 11 }));

function histories(kinds: readonly WriteKind[], count: number) {
  return [plannedWrites(kinds, count), replicaFaults, decisions, fc.scheduler()] as const;
}

describeConvergence(2);
describeConvergence(3);

function describeConvergence(count: number): void {
  const regions = names.slice(0, count);

  it(`${count} regions converge, whatever was written how, through crashes, late writes and redrives`, async () => {
    const property = fc.asyncProperty(
      ...histories(everyKind, count),
      async (plan, faults, decisionStream, scheduler) => {
        const history = new ReplicaHistory(regions, { faults, decisions: decisionStream, scheduler });
        await history.run(plan);
        await history.drain();
        expectEqual(history, count);
        await expectQuiet(history);
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });

  it(`${count} regions: of stamped writes the highest stamp wins, and what it did not see is kept`, async () => {
    const property = fc.asyncProperty(
      ...histories(stampedKinds, count),
      async (plan, faults, decisionStream, scheduler) => {
        const history = new ReplicaHistory(regions, { faults, decisions: decisionStream, scheduler });
        await history.run(plan);
        await history.drain();
        expectEqual(history, count);
        for (const [id, item] of Object.entries(history.itemsOf(0))) {
          const writes = history.world.writes.filter((write) => write.id === id);
          const highest = writes
            .map(({ stamp }) => stamp)
            .toSorted()
            .at(-1);
          expect(item._v, `the version of ${id}`).toEqual({ S: highest });
          const kept = history.world.conflicts().map(({ version }) => (version && 'S' in version ? version.S : ''));
          for (const { stamp } of losersOf(writes, highest)) expect(kept).toContain(stamp);
        }
      },
    );
    await fc.assert(property, { numRuns: 300 });
  });
}

it('a copy ends as what it is a copy of, through crashes, late writes and redrives', async () => {
  const property = fc.asyncProperty(...histories(everyKind, 1), async (plan, faults, decisionStream, scheduler) => {
    const disturbances = { faults, decisions: decisionStream, scheduler };
    const history = new ReplicaHistory(names.slice(0, 2), disturbances, 'one-way');
    await history.run(plan);
    await history.drain();
    const items = history.itemsOf(0);
    for (const [id, { _seq: _order, ...copy }] of Object.entries(history.itemsOf(1))) {
      if (items[id] === undefined) expect(copy).toMatchObject({ _deleted: { BOOL: true } });
      else expect(copy).toEqual(items[id]);
    }
    expect(Object.keys(history.itemsOf(1))).toEqual(expect.arrayContaining(Object.keys(items)));
  });
  await fc.assert(property, { numRuns: 300 });
});

function expectEqual(history: ReplicaHistory, count: number): void {
  for (let index = 1; index < count; index += 1) expect(history.itemsOf(index)).toEqual(history.itemsOf(0));
}

/** Delivered all over again, nothing changes any more; and when tombstones end, nothing follows them. */
async function expectQuiet(history: ReplicaHistory): Promise<void> {
  const lengths = () => history.world.regions.map(({ stream }) => stream.length);
  const before = lengths();
  await history.redeliverAll();
  expect(lengths()).toEqual(before);
}

/** Live versions that nobody wrote upon and that are not what the winner was written upon, by and by. */
function losersOf(writes: readonly StampedWrite[], winner: Stamp | undefined): StampedWrite[] {
  const replaced = new Set(writes.map(({ over }) => over));
  return writes.filter(({ stamp, isTombstone }) => !isTombstone && stamp !== winner && !replaced.has(stamp));
}

/** One write, or one delivery of so many records. */
const steps = fc.array(
  fc.record({
    region: fc.nat({ max: 1 }),
    kind: fc.constantFrom('put', 'remove', 'deliver', 'deliver'),
    count: fc.integer({ min: 1, max: 4 }),
    afterMicroseconds: fc.constantFrom(0, 1, 700, 3000),
  }),
  { minLength: 1, maxLength: 20 },
);

it('undisturbed, two regions keep every version that lost and no other', async () => {
  const property = fc.asyncProperty(steps, async (plan) => {
    const pair = replicaPair();
    const pending = new Map<string, StreamRecord[]>([A, B].map((name) => [name, []]));
    for (const { region, kind, count, afterMicroseconds } of plan) {
      const name = region === 0 ? A : B;
      pair.pass(afterMicroseconds);
      if (kind === 'put') await pair.put(name, 'x', text(`${pair.writes.length}`));
      else if (kind === 'remove' && (await pair.item(name, 'x')) !== undefined) await pair.remove(name, 'x');
      else if (kind === 'deliver') {
        pending.get(name)?.push(...pair.take(name));
        const batch = pending.get(name)?.splice(0, count) ?? [];
        await pair.deliver({ from: name, to: name === A ? B : A }, batch);
      }
    }
    for (const [name, records] of pending) {
      await pair.deliver({ from: name, to: name === A ? B : A }, [...records, ...pair.take(name)]);
    }
    await pair.settle();
    const winner = pair.writes
      .map(({ stamp }) => stamp)
      .toSorted()
      .at(-1);
    const rows = pair.conflicts().filter(({ loser }) => loser && 'M' in loser && loser.M._deleted === undefined);
    const kept = rows.map(({ version }) => (version && 'S' in version ? version.S : ''));
    expect(kept.toSorted()).toEqual(
      losersOf(pair.writes, winner)
        .map(({ stamp }) => String(stamp))
        .toSorted(),
    );
    expect(rows.filter(({ certainty }) => certainty && 'S' in certainty && certainty.S !== 'certain')).toEqual([]);
  });
  await fc.assert(property, { numRuns: 500 });
});
