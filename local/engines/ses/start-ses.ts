import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { OutgoingEmail } from '../../../shared/services/ses/port.ts';
import { eventsOf, type PublishedSesEvent } from '../../../shared/services/ses/simulated-events.ts';
import { createSimulatedSes, type SesError, type SimulatedSes } from '../../../shared/services/ses/simulated-ses.ts';
import type { Engine } from '../engine.ts';
import { closeServer, listenOnLoopback, loopbackHost } from '../ports.ts';
import { type EventFaults, type EventPublisher, startEventPublisher } from './event-publisher.ts';
import { outboxPage } from './outbox-page.ts';
import { readSendEmail } from './send-email-request.ts';

/** What becomes of one send: not taken (503 or 429), or taken with the connection cut before the reply. */
export interface SesFault {
  readonly kind: 'refuse' | 'throttle' | 'dropReply';
}

export interface SesOptions {
  readonly port: number;
  /**
   * Takes every event, in the JSON that SES publishes. One that throws or rejects gets the event again until it does
   * not: events are lossless here.
   */
  readonly onEvent?: (event: PublishedSesEvent) => unknown;
  /** Mails per second. @default 1,000 */
  readonly maxPerSecond?: number;
  /** Mails per 24 hours. @default no limit */
  readonly max24Hours?: number;
  /** Asked before every send. @default none */
  readonly fault?: (email: OutgoingEmail) => SesFault | undefined;
  /** @default every event arrives, once and at once */
  readonly eventFaults?: EventFaults;
}

type SesContext = Context<{ Bindings: HttpBindings }>;

/** The sender's identity has a default configuration set, so that every mail has events. */
const defaultConfigurationSet = 'tributary';

/**
 * SES API v2 on loopback, in this process: SendEmail with simple content, GetAccount, the errors and events of SES. It
 * delivers nothing; what it took is at `GET /outbox`. An engine of our own, because the ready-made ones keep neither
 * tags nor configuration sets, have no typed errors, no sending limits and no events.
 *
 * @throws {Error} when the port cannot be bound.
 */
export async function startSes(options: SesOptions): Promise<Engine> {
  const { maxPerSecond = 1_000, max24Hours = -1 } = options;
  const clock = { nowMs: () => Date.now(), sleep: (durationMs: number) => delay(durationMs) };
  const ses = createSimulatedSes({ clock, newMessageId: randomUUID, maxPerSecond, max24Hours });
  const publisher = startEventPublisher({ deliver: options.onEvent, faults: options.eventFaults, random: Math.random });
  const app = routes({ ses, publisher, fault: options.fault });
  const listener = getRequestListener(app.fetch, { hostname: loopbackHost });
  const server = await listenOnLoopback({ port: options.port, listener });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    service: 'SES',
    backedBy: 'embedded SES outbox',
    url: `http://${loopbackHost}:${port}`,
    stop: async () => {
      publisher.stop();
      await closeServer(server);
    },
  };
}

interface Parts {
  readonly ses: SimulatedSes;
  readonly publisher: EventPublisher;
  readonly fault: SesOptions['fault'];
}

function routes(parts: Parts): Hono<{ Bindings: HttpBindings }> {
  const { ses } = parts;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post('/v2/email/outbound-emails', (context) => sendEmail(context, parts));
  app.get('/v2/email/account', (context) => {
    const { maxPerSecond, max24Hours, sentLast24Hours } = ses.account();
    return context.json({
      SendingEnabled: true,
      ProductionAccessEnabled: true,
      EnforcementStatus: 'HEALTHY',
      SendQuota: { Max24HourSend: max24Hours, MaxSendRate: maxPerSecond, SentLast24Hours: sentLast24Hours },
    });
  });
  app.get('/outbox', (context) => {
    const page = outboxPage(ses, context.req.query());
    return page === undefined ? context.text('limit and before are whole numbers', 400) : context.json(page);
  });
  app.notFound(() =>
    errorReply({ name: 'UnknownOperationException', httpStatus: 404, message: 'Not part of this engine.' }),
  );
  return app;
}

async function sendEmail(context: SesContext, { ses, publisher, fault }: Parts): Promise<Response> {
  const read = readSendEmail(await context.req.json().catch(() => undefined));
  if ('problem' in read) {
    return errorReply({ name: 'BadRequestException', httpStatus: 400, message: read.problem });
  }
  const email = { configurationSet: defaultConfigurationSet, ...read.email };
  const injected = fault?.(email)?.kind;
  if (injected === 'refuse') return errorReply(serviceUnavailable);
  if (injected === 'throttle') return errorReply(throttled);
  const submission = ses.submit(email);
  if ('error' in submission) return errorReply(submission.error);
  for (const event of eventsOf(submission.accepted)) publisher.publish(event);
  if (injected === 'dropReply') {
    context.env.outgoing.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  return context.json({ MessageId: submission.accepted.messageId });
}

const serviceUnavailable: SesError = {
  name: 'ServiceUnavailableException',
  httpStatus: 503,
  message: 'Service is unavailable.',
};

const throttled: SesError = {
  name: 'TooManyRequestsException',
  httpStatus: 429,
  message: 'Maximum sending rate exceeded.',
};

function errorReply({ name, httpStatus, message }: SesError): Response {
  return new Response(JSON.stringify({ message }), {
    status: httpStatus,
    headers: { 'content-type': 'application/json', 'x-amzn-errortype': name },
  });
}
