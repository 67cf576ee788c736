import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import type { InterceptSend } from '../../services/ses/twin.ts';
import { type EmailWorld, emailWorld, killed, owed } from '../../testing/email-world.ts';

/**
 * What happens to one call of a service. `late`: its worker is dead, and the write lands some steps later. `paused`:
 * the worker stands still before the call and goes on some steps later.
 */
type Fate = 'fine' | 'refused' | 'replyLost' | 'repeated' | 'killedBefore' | 'killedAfter' | 'late' | 'paused';

type Step =
  | { readonly kind: 'record'; readonly id: number; readonly fates: readonly Fate[] }
  | { readonly kind: 'settle'; readonly fates: readonly Fate[] }
  | { readonly kind: 'event'; readonly pick: number; readonly keep: boolean }
  | { readonly kind: 'loseEvent'; readonly pick: number }
  | { readonly kind: 'land' }
  | { readonly kind: 'wait'; readonly minutes: number };

const fate = fc.constantFrom<Fate>(
  'fine',
  'fine',
  'refused',
  'replyLost',
  'repeated',
  'killedBefore',
  'killedAfter',
  'late',
  'paused',
  'paused',
);
const fates = fc.array(fate, { maxLength: 6 });
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant('record' as const), id: fc.nat(2), fates }),
  fc.record({ kind: fc.constant('settle' as const), fates }),
  fc.record({ kind: fc.constant('event' as const), pick: fc.nat(9), keep: fc.boolean() }),
  fc.record({ kind: fc.constant('loseEvent' as const), pick: fc.nat(9) }),
  fc.record({ kind: fc.constant('land' as const) }),
  fc.record({ kind: fc.constant('wait' as const), minutes: fc.constantFrom(0.02, 0.2, 2, 20) }),
);

const throttled = () => Object.assign(new Error('slow down'), { name: 'ThrottlingException' });

function later(landing: (() => Promise<unknown>)[]): Promise<void> {
  return new Promise((resolve) => landing.push(async () => resolve()));
}

/** The fates of one invocation's calls to DynamoDB and SES, in their order; fine when they are used up. */
function circumstances(planned: readonly Fate[], landing: (() => Promise<unknown>)[]) {
  const remaining = planned.values();
  const next = (): Fate => remaining.next().value ?? 'fine';
  const dynamodb: Intercept = async (_call, proceed) => {
    switch (next()) {
      case 'fine':
        return proceed();
      case 'refused':
        throw throttled();
      case 'replyLost':
        await proceed();
        throw new Error('socket hang up');
      case 'repeated':
        await proceed().catch(() => undefined);
        return proceed();
      case 'killedBefore':
        return killed();
      case 'killedAfter':
        await proceed().catch(() => undefined);
        return killed();
      case 'late':
        landing.push(proceed);
        return killed();
      case 'paused':
        await later(landing);
        return proceed();
    }
  };
  const ses: InterceptSend = async (_email, proceed) => {
    switch (next()) {
      case 'fine':
      case 'repeated':
        return proceed();
      case 'refused':
        return { kind: 'refused', reason: 'throttled', code: 'TooManyRequestsException' };
      case 'replyLost':
        proceed();
        throw new Error('socket hang up');
      case 'killedBefore':
        return killed();
      case 'killedAfter':
        proceed();
        return killed();
      case 'late':
        landing.push(async () => proceed());
        return killed();
      case 'paused':
        await later(landing);
        return proceed();
    }
  };
  return { dynamodb, ses };
}

/** Runs an invocation as far as it gets: to its end, or to the call in which it was killed. */
async function invoke(invocation: Promise<unknown>): Promise<void> {
  const ended = invocation.then(
    () => undefined,
    () => undefined,
  );
  await Promise.race([ended, new Promise((resolve) => setImmediate(resolve))]);
}

async function perform(world: EmailWorld, action: Step, landing: (() => Promise<unknown>)[]): Promise<void> {
  switch (action.kind) {
    case 'record':
      return invoke(world.worker(circumstances(action.fates, landing)).record(owed(`u${action.id}`)));
    case 'settle':
      return invoke(world.worker(circumstances(action.fates, landing)).settle());
    case 'event': {
      const at = action.pick % Math.max(1, world.events.length);
      const [event] = action.keep ? [world.events[at]] : world.events.splice(at, 1);
      return event === undefined ? undefined : invoke(world.worker().events([event]));
    }
    case 'loseEvent':
      world.events.splice(action.pick % Math.max(1, world.events.length), 1);
      return;
    case 'land':
      return invoke(landing.shift()?.() ?? Promise.resolve());
    case 'wait':
      world.now.ms += action.minutes * 60_000;
  }
}

const ended = ['sent', 'delivered', 'parked'];

it('whatever crashes, repeats, comes late or is lost: no mail twice, and each once or parked', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.nat(), async (steps, seed) => {
      let state = seed + 1;
      const random = () => {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        return state / 2 ** 32;
      };
      const world = emailWorld({ random });
      const landing: (() => Promise<unknown>)[] = [];
      for (const action of steps) await perform(world, action, landing);
      while (landing.length > 0) await perform(world, { kind: 'land' }, landing);
      // The mapping delivers everything again, and nothing goes wrong any more.
      for (const id of [0, 1, 2]) await perform(world, { kind: 'record', id, fates: [] }, landing);
      for (let run = 0; run < 4; run += 1) {
        await perform(world, { kind: 'wait', minutes: 20 }, landing);
        await perform(world, { kind: 'settle', fates: [] }, landing);
      }
      for (const id of ['u0', 'u1', 'u2']) {
        const mails = world.mails().filter(({ to }) => to === `${id}@example.com`).length;
        const row = world.row(id)?.split(' ')[0] ?? 'missing';
        expect(mails, `${id} is ${row}`).toBeLessThanOrEqual(1);
        expect(ended, `${id} is ${row}`).toContain(row);
        if (row !== 'parked') expect(mails, `${id} is ${row}`).toBe(1);
      }
    }),
    { numRuns: 500 },
  );
});
