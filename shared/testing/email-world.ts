import type { Clock } from '../batch/clock.ts';
import type { Limits, Outcome } from '../batch/sink.ts';
import type { Change } from '../change/change.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { SendResult } from '../services/ses/port.ts';
import type { PublishedSesEvent } from '../services/ses/simulated-events.ts';
import type { OutboxEntry } from '../services/ses/simulated-ses.ts';
import { createSesTwin, type InterceptSend, type SesTwin } from '../services/ses/twin.ts';
import { createEmailPost } from '../sinks/email-ledger/email-post.ts';
import type { EventMessage } from '../sinks/email-ledger/event-messages.ts';
import { ledgerTable, suppressionTable } from '../sinks/email-ledger/resources.ts';
import type { EmailPost, EmailStep } from '../sinks/email-ledger/send-attempt.ts';
import { createSettler, type SettlerOptions } from '../sinks/email-ledger/settler.ts';
import { type SilencePolicy, silencePolicyOf } from '../sinks/email-ledger/silence.ts';
import { createEmailLedgerSink, type EmailRequest } from '../sinks/email-ledger/sink.ts';

export interface EmailWorldOptions {
  /** @default what a deployment has: park after 15 minutes */
  readonly policy?: SilencePolicy;
  readonly maxPerSecond?: number;
  readonly max24Hours?: number;
  readonly random?: () => number;
}

/** How one worker differs from an undisturbed one. */
export interface WorkerCircumstances {
  readonly dynamodb?: Intercept;
  readonly ses?: InterceptSend;
  readonly remainingMs?: number;
  /** The account's quota cannot be read. @default false */
  readonly quotaFails?: boolean;
}

/** Both functions of the email protocol on in-memory tables and SES, in virtual time. */
export interface EmailWorld {
  readonly now: { ms: number };
  /** Published by SES and delivered to nobody yet. */
  readonly events: PublishedSesEvent[];
  readonly steps: EmailStep[];
  worker(circumstances?: WorkerCircumstances): EmailWorker;
  /** Oldest first. */
  mails(): OutboxEntry[];
  /** `sending 2` for an id in its second attempt; undefined when nothing is owed. */
  row(id: string): string | undefined;
  suppressed(): string[];
}

/** One warm execution environment of both functions. */
export interface EmailWorker {
  readonly post: EmailPost;
  /** What the welcome-email function does with one record. */
  record(request: EmailRequest): Promise<Outcome['kind']>;
  settle(): Promise<void>;
  /** What the settler does with a batch of SES events. @throws why it gave one back. */
  events(events: readonly unknown[]): Promise<void>;
  /** What the settler does with messages of its queue; answers which of them it gave back. */
  take(messages: readonly EventMessage[]): Promise<readonly string[]>;
}

export function owed(id: string, change: Partial<EmailRequest> = {}): EmailRequest {
  const to = `${id}@example.com`;
  return {
    id,
    to,
    subject: 'Hello',
    text: 'Hello',
    html: '<p>Hello</p>',
    notAfterMs: Number.MAX_SAFE_INTEGER,
    ...change,
  };
}

function settlerOf(
  options: Omit<SettlerOptions, 'onFailure'>,
  limits: Limits,
): Pick<EmailWorker, 'settle' | 'events' | 'take'> {
  const failures: unknown[] = [];
  const settler = createSettler({ ...options, onFailure: (error) => void failures.push(error) });
  return {
    settle: async () => void (await settler({ source: 'schedule' }, limits)),
    events: async (batch) => {
      const { batchItemFailures } = await settler(queued(batch), limits);
      if (batchItemFailures.length > 0) throw failures[0];
    },
    take: async (messages) => {
      const { batchItemFailures } = await settler({ Records: messages }, limits);
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    },
  };
}

/** SES events as messages of their queue. */
export function queued(events: readonly unknown[]) {
  return { Records: events.map((event, at) => ({ messageId: `message-${at}`, body: JSON.stringify(event) })) };
}

/** A worker that was killed: what it waits for never comes. */
export function killed<Value>(): Promise<Value> {
  return new Promise(() => undefined);
}

export function emailWorld(options: EmailWorldOptions = {}): EmailWorld {
  const { policy = silencePolicyOf('park'), random = Math.random } = options;
  const now = { ms: Date.UTC(2026, 0, 1) };
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
    },
  };
  const tables = dynamoDbTwin({ tables: [ledgerTable, suppressionTable], nowMs: clock.nowMs });
  const events: PublishedSesEvent[] = [];
  const steps: EmailStep[] = [];
  const ses = accountOf(options, { clock, events });

  function worker({
    dynamodb,
    ses: aroundSend,
    remainingMs = 60_000,
    quotaFails = false,
  }: WorkerCircumstances = {}): EmailWorker {
    const limits: Limits = { remainingMs: () => remainingMs };
    const table = { dynamodb: dynamodb ? interceptDynamoDb(tables, dynamodb) : tables, tableName: ledgerTable.name };
    const reached = aroundSend ? ses.behind(aroundSend) : ses;
    const email = quotaFails ? { ...reached, quota: () => Promise.reject(new Error('GetAccount failed')) } : reached;
    const post = createEmailPost({
      dynamodb: table.dynamodb,
      email,
      clock,
      random,
      tables: { ledger: ledgerTable.name, suppressions: suppressionTable.name },
      from: 'welcome@example.com',
      configurationSet: 'all-events',
      policy,
      observe: (step) => void steps.push(step),
    });
    const sink = createEmailLedgerSink(post);
    const { settle, events: deliver, take } = settlerOf({ post, table, onSilence: policy.onSilence }, limits);
    return {
      post,
      record: async (request) => (await sink.apply({ change: someInsert, request }, limits)).kind,
      settle,
      events: deliver,
      take,
    };
  }

  return {
    now,
    events,
    steps,
    worker,
    mails: () => ses.ses.outbox().toReversed(),
    row(id) {
      const item = tables.items(ledgerTable.name).find((row) => row.id?.S === id);
      return item === undefined ? undefined : `${item.state?.S} ${item.attempt?.N}`;
    },
    suppressed: () => tables.items(suppressionTable.name).map((item) => item.address?.S ?? ''),
  };
}

/** An account whose events wait in `events`. */
function accountOf(
  { maxPerSecond, max24Hours }: EmailWorldOptions,
  { clock, events }: { clock: Clock; events: PublishedSesEvent[] },
): SesTwin {
  let messages = 0;
  return createSesTwin({
    clock,
    newMessageId: () => `message-${++messages}`,
    ...(maxPerSecond === undefined ? {} : { maxPerSecond }),
    ...(max24Hours === undefined ? {} : { max24Hours }),
    defaultConfigurationSet: 'all-events',
    onEvent: (event) => void events.push(event),
  });
}

/** The sink looks at the request alone. */
const someInsert: Change = {
  op: 'insert',
  source: 'kinesis',
  keys: { id: { S: 'u-1' } },
  newImage: { id: { S: 'u-1' } },
  position: {
    streamArn: 'arn:aws:kinesis:eu-west-1:000000000000:stream/users',
    shardId: 'shardId-0',
    sequenceNumber: '1',
  },
  createdAt: { microseconds: 1n, precision: 'microsecond' },
  region: 'eu-west-1',
};

/** A reply that never arrives: the call was taken, the caller sees a reset connection. */
export async function replyLost(_email: unknown, proceed: () => SendResult): Promise<SendResult> {
  proceed();
  throw new Error('socket hang up');
}
