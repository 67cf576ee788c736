import { beforeEach, describe, expect, it } from 'vitest';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import { type EmailWorld, emailWorld, killed, owed, replyLost } from '../../testing/email-world.ts';
import { silencePolicyOf } from './silence.ts';

const minuteMs = 60_000;
let world: EmailWorld;

beforeEach(() => {
  world = emailWorld();
});

const kinds = () => world.events.map(({ eventType }) => eventType);

async function deliverEvents(events: readonly unknown[] = world.events): Promise<void> {
  for (const event of events) await world.worker().events([event]);
}

describe('email ledger: a record', () => {
  it('is resolved with its ledger row even when SES cannot be reached', async () => {
    const refusing = async () => ({ kind: 'refused', reason: 'unreachable', code: 'ECONNREFUSED' }) as const;
    expect(await world.worker({ ses: refusing }).record(owed('ada'))).toBe('applied');
    expect(world.row('ada')).toBe('refused 1');
  });

  it('is filtered when it comes too late for its mail to make sense', async () => {
    expect(await world.worker().record(owed('ada', { notAfterMs: world.now.ms - 1 }))).toBe('filtered');
    expect(world.row('ada')).toBeUndefined();
  });

  it('is poison when its id cannot travel in an SES tag', async () => {
    expect(await world.worker().record(owed('é'.repeat(97)))).toBe('poison');
    expect(await world.worker().record(owed('é'.repeat(96), { to: 'ada@example.com' }))).toBe('applied');
    expect(world.mails()).toHaveLength(1);
  });

  it('whose row cannot be written is retried, and nothing is sent', async () => {
    const throttled: Intercept = async () => {
      throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
    };
    const outcome = world.worker({ dynamodb: throttled }).record(owed('ada'));
    await expect(outcome).rejects.toMatchObject({ disposition: 'retry', code: 'sink-throttled' });
    expect(world.mails()).toEqual([]);
  });

  it('fails the invocation when the ledger table does not exist', async () => {
    const missing: Intercept = async () => {
      throw Object.assign(new Error('no such table'), { name: 'ResourceNotFoundException' });
    };
    await expect(world.worker({ dynamodb: missing }).record(owed('ada'))).rejects.toMatchObject({
      disposition: 'abort',
    });
  });

  it('leaves sending to the settler for a while after SES did not answer clearly', async () => {
    const worker = world.worker({ ses: replyLost });
    await worker.record(owed('ada'));
    await worker.record(owed('bob'));
    expect([world.row('ada'), world.row('bob')]).toEqual(['sending 1', 'reserved 0']);
  });

  it('with little time left in its invocation is owed, and sent by the settler', async () => {
    await world.worker({ remainingMs: 5_000 }).record(owed('ada'));
    expect(world.row('ada')).toBe('reserved 0');
    world.now.ms += minuteMs;
    await world.worker().settle();
    expect(world.row('ada')).toBe('sent 1');
  });
});

describe('email ledger: events', () => {
  it('move a row forward only, whatever their order and number', async () => {
    await world.worker().record(owed('complaint', { to: 'complaint@example.com' }));
    expect(kinds()).toEqual(['Send', 'Delivery', 'Complaint']);
    await deliverEvents([...world.events, ...world.events].reverse());
    expect(world.row('complaint')).toBe('complained 1');
    expect(world.steps).toEqual(['sent', 'complained']);
  });

  it('of one mail in one batch move its row once, to where the furthest says it is', async () => {
    await world.worker().record(owed('complaint', { to: 'complaint@example.com' }));
    await world.worker().record(owed('ada'));
    await world.worker().events(world.events.toReversed());
    expect([world.row('complaint'), world.row('ada')]).toEqual(['complained 1', 'delivered 1']);
    expect(world.steps).toEqual(['sent', 'sent', 'delivered', 'complained']);
    expect(world.suppressed()).toEqual(['complaint@example.com']);
  });

  it('of a permanent bounce and of a complaint suppress the address, written in any case', async () => {
    await world.worker().record(owed('u1', { to: 'bounce@Example.com' }));
    await world.worker().record(owed('u2', { to: 'complaint@example.com' }));
    await deliverEvents();
    expect(world.suppressed().sort()).toEqual(['bounce@example.com', 'complaint@example.com']);
    await world.worker().record(owed('u3', { to: 'Bounce@example.com' }));
    expect(world.row('u3')).toBe('suppressed 0');
    expect(world.mails()).toHaveLength(2);
  });

  it('of a transient bounce do not suppress the address', async () => {
    await world.worker().record(owed('u1', { to: 'soft-bounce@example.com' }));
    await deliverEvents();
    expect(world.row('u1')).toBe('bounced 1');
    expect(world.suppressed()).toEqual([]);
  });

  it('of mails that are not of the ledger, and of kinds that say nothing, change nothing', async () => {
    await world.worker().record(owed('ada'));
    const event = structuredClone(world.events[0]);
    await deliverEvents([
      { ...event, mail: { ...event?.mail, tags: {} } },
      { ...event, eventType: 'Open' },
    ]);
    expect(world.row('ada')).toBe('sent 1');
  });

  it('that cannot be read, or whose rows do not answer, are given back; the rest of their batch is not', async () => {
    await world.worker().record(owed('ada'));
    await world.worker().record(owed('bob'));
    const bobIsDown: Intercept = async (call, proceed) => {
      if (call.operation === 'updateItem' && JSON.stringify(call.input).includes('"bob"'))
        throw Object.assign(new Error(), { name: 'ThrottlingException' });
      return proceed();
    };
    const events = [{ eventType: 'Send', mail: {} }, ...world.events];
    await expect(world.worker({ dynamodb: bobIsDown }).events(events)).rejects.toThrow('mail.timestamp');
    expect([world.row('ada'), world.row('bob')]).toEqual(['delivered 1', 'sent 1']);
    await expect(world.worker({ dynamodb: bobIsDown }).events(world.events)).rejects.toMatchObject({
      code: 'sink-throttled',
    });
  });
});

describe('email ledger: attempts', () => {
  it('a mail that SES rejects is rejected for good, and can be released when the cause is mended', async () => {
    await world.worker().record(owed('ada', { to: 'no address' }));
    expect(world.row('ada')).toBe('rejected 1');
    world.now.ms += 60 * minuteMs;
    await world.worker().settle();
    expect(world.row('ada')).toBe('rejected 1');
    expect(await world.worker().post.ledger.release('ada')).toBe(true);
  });

  it('a late refusal of an earlier attempt does not touch the attempt that somebody holds now', async () => {
    const { ledger } = world.worker().post;
    const reserved = await ledger.reserve(owed('ada'), world.now.ms);
    const first = reserved && (await ledger.take(reserved));
    const silent = await ledger.read('ada');
    if (first === undefined || silent === undefined) throw new Error('nothing was taken');
    expect(await ledger.take(silent)).toBeDefined();
    await ledger.refuse(first, { code: 'late', dueAtMs: 0 });
    await ledger.reject(first, 'late');
    expect(world.row('ada')).toBe('sending 2');
  });

  it('a worker that slept longer than its lease does not call SES, and gives the attempt back', async () => {
    const sleeping: Intercept = async (call, proceed) => {
      const result = await proceed();
      if (call.operation === 'updateItem') world.now.ms += 5 * minuteMs;
      return result;
    };
    await world.worker({ dynamodb: sleeping }).record(owed('ada'));
    expect(world.mails()).toEqual([]);
    expect(world.row('ada')).toBe('refused 1');
  });

  it('where events are lossless, a silent attempt is sent again, once the silence has passed', async () => {
    world = emailWorld({ policy: silencePolicyOf('resend') });
    void world.worker({ ses: () => killed() }).record(owed('ada'));
    await expect.poll(() => world.row('ada')).toBe('sending 1');
    world.now.ms += 9_000;
    await world.worker().settle();
    expect(world.row('ada')).toBe('sending 1');
    world.now.ms += 1_000;
    await world.worker().settle();
    expect(world.row('ada')).toBe('sent 2');
    expect(world.mails()).toHaveLength(1);
  });

  it('two settlers that run at once send each mail once', async () => {
    for (const id of ['a', 'b', 'c', 'd']) await world.worker({ remainingMs: 0 }).record(owed(id));
    world.now.ms += minuteMs;
    await Promise.all([world.worker().settle(), world.worker().settle(), world.worker().settle()]);
    expect(world.mails()).toHaveLength(4);
  });

  it('a settler whose account cannot be asked still parks what is silent, sends nothing, and fails', async () => {
    void world.worker({ ses: () => killed() }).record(owed('ada'));
    await expect.poll(() => world.row('ada')).toBe('sending 1');
    await world.worker({ remainingMs: 0 }).record(owed('bob'));
    world.now.ms += 15 * minuteMs;
    await expect(world.worker({ quotaFails: true }).settle()).rejects.toThrow('GetAccount');
    expect([world.row('ada'), world.row('bob')]).toEqual(['parked 1', 'reserved 0']);
  });
});
