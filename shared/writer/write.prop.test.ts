import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countingStamp } from '../change/stamp.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { createWriterWorld, type WriterWorld, writerTable } from '../testing/writer-world.ts';
import type { Writer } from './write.ts';

/** What one of several writers does next, to one of two items. */
interface Step {
  readonly kind: 'put' | 'update' | 'modify' | 'delete' | 'transact';
  readonly id: string;
}

const steps = (kinds: readonly Step['kind'][]) =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), id: fc.constantFrom('a', 'b') }), { maxLength: 5 });
/** Milliseconds by which a writer's clock differs; two differ by less than a second. */
const skews = fc.array(fc.integer({ min: -450, max: 450 }), { minLength: 2, maxLength: 4 });

/** A writer with a clock of its own, whose calls take turns with others', and whose replies may be lost. */
function writerOf(
  world: WriterWorld,
  options: { scheduler: fc.Scheduler; skewMs: number; index: number; lose: boolean },
) {
  const { scheduler, skewMs, index, lose } = options;
  let calls = 0;
  const turn = () => scheduler.schedule(Promise.resolve());
  const intercept: Intercept = async (_call, proceed) => {
    await turn();
    calls += 1;
    // The reply to every third call is lost, and the SDK repeats the call.
    if (lose && calls % 3 === 0) await proceed().catch(() => undefined);
    const answer = await proceed();
    await turn();
    return answer;
  };
  const clock = {
    nowMs: () => world.nowMs + skewMs,
    sleep: async () => {
      world.nowMs += 1;
      await turn();
    },
  };
  const region = ['eu-west-1', 'us-east-1', 'us-east-1', 'ap-south-1'][index] ?? 'eu-west-1';
  return world.writer({ dynamodb: interceptDynamoDb(world.twin, intercept), region, clock });
}

/** Answers whether the writer made the step: what it refuses, it has not made. */
async function take(writer: Writer, { kind, id }: Step): Promise<boolean> {
  const key = { id };
  const made: Readonly<Record<Step['kind'], () => Promise<void>>> = {
    put: () => writer.put({ id, count: 0 }),
    update: () => writer.update(key, { note: 'x' }),
    modify: () => writer.modify(key, ({ count }) => ({ count: Number(count) + 1 })),
    delete: () => writer.delete(key),
    transact: () => writer.transact([{ put: { id: 'a', count: 0 } }, { put: { id: 'b', count: 0 } }]),
  };
  return made[kind]().then(
    () => true,
    (error: unknown) => {
      expect(error).toMatchObject({ name: 'WriteError', code: expect.stringMatching(/^(not-found|conflict)$/) });
      return false;
    },
  );
}

async function run(
  world: WriterWorld,
  options: { scheduler: fc.Scheduler; plans: readonly (readonly Step[])[]; skewsMs: readonly number[]; lose: boolean },
): Promise<readonly Step[]> {
  const { scheduler, plans, skewsMs, lose } = options;
  const made: Step[] = [];
  const running = skewsMs.map(async (skewMs, index) => {
    const writer = writerOf(world, { scheduler, skewMs, index, lose });
    for (const step of plans[index] ?? []) if (await take(writer, step)) made.push(step);
  });
  await scheduler.waitFor(Promise.all(running));
  return made;
}

describe('writers of several regions with clocks that differ, in any interleaving', () => {
  it('leave stamps that only grow: every change counts between regions', async () => {
    const plans = fc.array(steps(['put', 'update', 'modify', 'delete', 'transact']), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, skews, fc.boolean(), async (scheduler, planned, skewsMs, lose) => {
        const world = createWriterWorld();
        await run(world, { scheduler, plans: planned, skewsMs, lose });
        for (const { dynamodb } of world.changes) {
          const { OldImage: oldImage, NewImage: newImage } = dynamodb;
          const images = { ...(oldImage && { oldImage }), ...(newImage && { newImage }) };
          expect(countingStamp(images, writerTable.versionAttribute)).toBeDefined();
        }
      }),
      { numRuns: 300 },
    );
  });

  it('lose no count and make none twice, though replies are lost', async () => {
    const plans = fc.array(steps(['update', 'modify', 'modify']), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), plans, skews, fc.boolean(), async (scheduler, planned, skewsMs, lose) => {
        const world = createWriterWorld();
        for (const id of ['a', 'b']) await world.writer().put({ id, count: 0 });
        const made = await run(world, { scheduler, plans: planned, skewsMs, lose });
        for (const id of ['a', 'b']) {
          const count = made.filter((step) => step.kind === 'modify' && step.id === id).length;
          expect(await world.writer().get({ id })).toMatchObject({ id, count });
        }
      }),
      { numRuns: 300 },
    );
  });
});
