import { GetAccountCommand, SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { afterEach, describe, expect, it } from 'vitest';
import { type SesOptions, startSes } from '../../local/engines/ses/start-ses.ts';
import { createSesClient, sesEmailService } from '../../shared/services/ses/client.ts';
import type { PublishedSesEvent } from '../../shared/services/ses/simulated-events.ts';

const region = 'eu-west-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const email = {
  from: 'Tributary <welcome@example.com>',
  to: 'ada@example.com',
  subject: 'Grüße 🎉',
  text: 'text',
  html: '<p>html</p>',
  tags: { attempt: '1' },
};
const cleanup: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const stop of cleanup.splice(0)) await stop();
});

async function started(options: Omit<SesOptions, 'port'> = {}) {
  const engine = await startSes({ port: 0, ...options });
  cleanup.push(() => engine.stop());
  const client = createSesClient({ endpoint: engine.url, region, credentials });
  cleanup.push(() => client.destroy());
  return { engine, service: sesEmailService(client), outbox: (query = '') => outboxOf(engine.url, query) };
}

async function outboxOf(url: string, query: string) {
  const response = await fetch(`${url}/outbox${query}`);
  return (await response.json()) as { accepted: number; emails: Record<string, unknown>[]; nextBefore?: number };
}

describe('the SES engine', () => {
  it('keeps a mail that the official client sends, with its tags and configuration set', async () => {
    const { service, outbox } = await started();
    const sent = await service.send({ ...email, configurationSet: 'mine' });
    expect(sent).toMatchObject({ kind: 'accepted' });
    expect((await outbox()).emails).toMatchObject([{ ...email, configurationSet: 'mine' }]);
  });

  it('shows its outbox newest first, in pages, by recipient', async () => {
    const { service, outbox } = await started();
    for (const to of ['a@example.com', 'b@example.com', 'a@example.com']) await service.send({ ...email, to });
    const first = await outbox('?to=a@example.com&limit=1');
    expect(first).toMatchObject({ accepted: 3, emails: [{ number: 3 }], nextBefore: 3 });
    expect(await outbox('?to=a@example.com&limit=1&before=3')).toMatchObject({ emails: [{ number: 1 }] });
  });

  it('answers errors that the official client knows by name', async () => {
    const { engine } = await started();
    const client = new SESv2Client({ endpoint: engine.url, region, credentials, maxAttempts: 1 });
    cleanup.push(() => client.destroy());
    const invalid = client.send(
      new SendEmailCommand({
        FromEmailAddress: 'nobody',
        Destination: { ToAddresses: ['ada@example.com'] },
        Content: { Simple: { Subject: { Data: 's' }, Body: { Text: { Data: 't' } } } },
      }),
    );
    await expect(invalid).rejects.toMatchObject({ name: 'BadRequestException', $metadata: { httpStatusCode: 400 } });
    expect(await client.send(new GetAccountCommand({}))).toMatchObject({ SendingEnabled: true });
  });

  it('holds to the account’s rate and daily quota', async () => {
    const { service } = await started({ max24Hours: 2 });
    expect(await service.quota()).toEqual({ enabled: true, maxPerSecond: 1_000, perDay: 2, remaining: 2 });
    await service.send(email);
    await service.send(email);
    expect(await service.quota()).toMatchObject({ remaining: 0 });
    expect(await service.send(email)).toMatchObject({ kind: 'refused', reason: 'throttled' });
    const slow = await started({ maxPerSecond: 1 });
    await slow.service.send(email);
    expect(await slow.service.send(email)).toMatchObject({ kind: 'refused', reason: 'throttled' });
  });

  it('takes a mail whose reply it drops, and one whose send it refuses it does not take', async () => {
    const faults = [{ kind: 'dropReply' }, { kind: 'refuse' }, { kind: 'throttle' }] as const;
    let sends = 0;
    const { service, outbox } = await started({ fault: () => faults[sends++] });
    expect(await service.send(email)).toMatchObject({ kind: 'unknown' });
    expect((await outbox()).accepted).toBe(1);
    expect(await service.send(email)).toMatchObject({ kind: 'unknown', code: 'ServiceUnavailableException' });
    expect(await service.send(email)).toMatchObject({ kind: 'refused', reason: 'throttled' });
    expect((await outbox()).accepted).toBe(1);
  });

  it('publishes what becomes of a mail, again and again until it is taken, doubled and lost as asked', async () => {
    const events: PublishedSesEvent[] = [];
    let refusals = 1;
    const onEvent = (event: PublishedSesEvent) => {
      if (refusals-- > 0) throw new Error('not now');
      events.push(event);
    };
    const { service } = await started({ onEvent, eventFaults: { doubled: 1 } });
    await service.send({ ...email, to: 'bounce+1@example.com' });
    await expect
      .poll(() => events.map(({ eventType }) => eventType).sort())
      .toEqual(['Bounce', 'Bounce', 'Send', 'Send']);
    expect(events[0]?.mail).toMatchObject({ destination: ['bounce+1@example.com'], tags: { attempt: ['1'] } });
    const lossy = await started({ onEvent: (event) => void events.push(event), eventFaults: { lost: 1 } });
    await lossy.service.send(email);
    expect(events).toHaveLength(4);
  });

  it('is gone after its stop: a send is then known not to have been taken', async () => {
    const { engine, service } = await started();
    await engine.stop();
    await engine.stop();
    expect(await service.send(email)).toMatchObject({ kind: 'refused', reason: 'unreachable' });
  });
});
