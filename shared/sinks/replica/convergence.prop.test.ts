import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Stamp } from '../../change/stamp.ts';
import { plannedWrites, ReplicaHistory, replicaFaults, type WriteKind } from '../../testing/replica-history.ts';
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
