import { beforeEach, describe, expect, it } from 'vitest';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import type { InterceptSend } from '../../services/ses/twin.ts';
import { type EmailWorld, emailWorld, killed, owed, replyLost } from '../../testing/email-world.ts';

const minuteMs = 60_000;
const silenceMs = 15 * minuteMs;

let world: EmailWorld;

beforeEach(() => {
  world = emailWorld();
});

/** The SDK repeats the first call of its kind whose reply was lost: the write is applied, then refused by itself. */
function repeated(operation: 'putItem' | 'updateItem'): Intercept {
  let pending = true;
  return async (call, proceed) => {
    const result = await proceed();
    if (call.operation !== operation || !pending) return result;
    pending = false;
    return proceed();
  };
}

const dyingAfterSend: InterceptSend = (_email, proceed) => {
  proceed();
  return killed();
};

async function passSilence() {
  world.now.ms += silenceMs;
  await world.worker().settle();
}

describe('welcome-email: never twice; once, unless parked or rejected', () => {
  it('E1: a mail that SES took while its reply was lost is not sent again; its event tells', async () => {
    await world.worker({ ses: replyLost }).record(owed('ada'));
    expect(world.row('ada')).toBe('sending 1');
    for (let run = 0; run < 3; run += 1) await world.worker().settle();
    for (const event of world.events) await world.worker().events([event]);
    await passSilence();
    expect(world.mails()).toHaveLength(1);
    expect(world.row('ada')).toBe('delivered 1');
  });

  it('E2: accepted, crash before the confirmation, event lost: parked, not sent again', async () => {
    void world.worker({ ses: dyingAfterSend }).record(owed('ada'));
    await expect.poll(() => world.mails().length).toBe(1);
    world.events.length = 0;
    await passSilence();
    await passSilence();
    expect(world.mails()).toHaveLength(1);
    expect(world.row('ada')).toBe('parked 1');
    expect(world.steps).toEqual(['parked']);
  });

  it('E2: a crash before the call looks the same from outside, and is parked too', async () => {
    void world.worker({ ses: () => killed() }).record(owed('ada'));
    await expect.poll(() => world.row('ada')).toBe('sending 1');
    await passSilence();
    expect(world.mails()).toEqual([]);
    expect(world.row('ada')).toBe('parked 1');
  });

  it('E3: a record whose worker died after reserving is resolved when it comes again; the settler sends', async () => {
    const dying: Intercept = (call, proceed) => (call.operation === 'getItem' ? killed() : proceed());
    void world.worker({ dynamodb: dying }).record(owed('ada'));
    await expect.poll(() => world.row('ada')).toBe('reserved 0');
    expect(await world.worker().record(owed('ada'))).toBe('duplicate');
    world.now.ms += minuteMs;
    await world.worker().settle();
    expect(world.mails()).toHaveLength(1);
    expect(world.row('ada')).toBe('sent 1');
  });

  it('E4: a user inserted in both regions, removed and inserted again, gets one mail', async () => {
    const [here, there] = [world.worker(), world.worker()];
    const outcomes = await Promise.all([here.record(owed('ada')), there.record(owed('ada'))]);
    expect(outcomes.sort()).toEqual(['applied', 'duplicate']);
    world.now.ms += 30 * 24 * 60 * minuteMs;
    expect(await here.record(owed('ada', { to: 'countess@example.com' }))).toBe('duplicate');
    await world.worker().settle();
    expect(world.mails().map(({ to }) => to)).toEqual(['ada@example.com']);
  });

  it('E5: an attempt whose taking was repeated by the SDK is refused by its own write, and goes on', async () => {
    expect(await world.worker({ dynamodb: repeated('updateItem') }).record(owed('ada'))).toBe('applied');
    expect(world.row('ada')).toBe('sent 1');
    expect(world.mails()).toHaveLength(1);
  });

  it('E5: a reservation that was repeated by the SDK counts as applied and is sent at once', async () => {
    expect(await world.worker({ dynamodb: repeated('putItem') }).record(owed('ada'))).toBe('applied');
    expect(world.row('ada')).toBe('sent 1');
  });

  it('E5: an attempt that somebody else has taken meanwhile is not called for', async () => {
    const reader = world.worker();
    const row = await reader.post.ledger.reserve(owed('ada'), world.now.ms);
    if (row === undefined) throw new Error('ada was owed before');
    expect(await reader.post.ledger.take(row)).toBeDefined();
    expect(await world.worker().post.ledger.take(row)).toBeUndefined();
  });

  it('E6: a mail that SES throttles is refused, not parked, and the settler sends it', async () => {
    world = emailWorld({ maxPerSecond: 1 });
    const worker = world.worker();
    for (const id of ['ada', 'bob', 'eve']) expect(await worker.record(owed(id))).toBe('applied');
    expect([world.row('ada'), world.row('bob'), world.row('eve')]).toEqual(['sent 1', 'refused 1', 'reserved 0']);
    for (let run = 0; run < 3; run += 1) {
      world.now.ms += minuteMs;
      await world.worker().settle();
    }
    expect(['ada', 'bob', 'eve'].map((id) => world.row(id)?.split(' ')[0])).toEqual(['sent', 'sent', 'sent']);
    expect(world.mails()).toHaveLength(3);
    expect(world.steps).not.toContain('parked');
  });

  it('E7: a parked mail whose event comes late is delivered, and can no longer be released', async () => {
    void world.worker({ ses: dyingAfterSend }).record(owed('ada'));
    await expect.poll(() => world.mails().length).toBe(1);
    await passSilence();
    expect(world.row('ada')).toBe('parked 1');
    await world.worker().events(world.events.slice(-1));
    expect(world.row('ada')).toBe('delivered 1');
    expect(await world.worker().post.ledger.release('ada')).toBe(false);
    await passSilence();
    expect(world.mails()).toHaveLength(1);
  });

  it('E7: a parked mail that never went out is sent when a person releases it', async () => {
    void world.worker({ ses: () => killed() }).record(owed('ada'));
    await expect.poll(() => world.row('ada')).toBe('sending 1');
    await passSilence();
    expect(await world.worker().post.ledger.release('ada')).toBe(true);
    await world.worker().settle();
    expect(world.row('ada')).toBe('sent 2');
  });

  it('E8: an exhausted daily quota blocks no record; the settler sends when there is quota again', async () => {
    world = emailWorld({ max24Hours: 2 });
    const worker = world.worker();
    const ids = ['a', 'b', 'c', 'd'];
    for (const id of ids) expect(await worker.record(owed(id))).toBe('applied');
    world.now.ms += minuteMs;
    await world.worker().settle();
    expect(world.mails()).toHaveLength(2);
    world.now.ms += 24 * 60 * minuteMs;
    await world.worker().settle();
    expect(world.mails()).toHaveLength(4);
    expect(ids.map((id) => world.row(id)?.split(' ')[0])).toEqual(['sent', 'sent', 'sent', 'sent']);
  });
});
