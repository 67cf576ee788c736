import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { create as createSettler } from '../functions/email-settler/handler.ts';
import { create as createWelcomeEmail } from '../functions/welcome-email/handler.ts';
import type { Engine } from '../local/engines/engine.ts';
import { type SesFault, startSes } from '../local/engines/ses/start-ses.ts';
import type { BatchResponse } from '../shared/batch/response.ts';
import type { Invoke, Services } from '../shared/runtime/services.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { createSesClient, sesEmailService } from '../shared/services/ses/client.ts';
import { ledgerTable, senderIdentity, suppressionTable } from '../shared/sinks/email-ledger/resources.ts';
import { queued } from '../shared/testing/email-world.ts';
import { kinesisRecords } from '../shared/testing/record-builder.ts';
import { startDynamoDb } from './provided-engines.ts';

const region = 'eu-west-1';
const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
const context = { awsRequestId: 'request', getRemainingTimeInMillis: () => 60_000 };
const users = 60;

let dynamodb: Engine;
let tables: DynamoDBClient;

beforeAll(async () => {
  dynamodb = await startDynamoDb(region);
  tables = new DynamoDBClient({ endpoint: dynamodb.url, region, credentials });
});

afterAll(async () => {
  tables?.destroy();
  await dynamodb?.stop();
});

interface Pipeline {
  readonly welcome: Invoke<unknown>;
  readonly settler: Invoke<BatchResponse>;
  /** States of the ledger, with how many rows each has. */
  states(): Promise<Record<string, number>>;
  /** How many mails each address got. */
  mailsByAddress(): Promise<Map<string, number>>;
  /** Lets time pass for both functions. */
  pass(durationMs: number): void;
}

let cleanup: AsyncDisposableStack;
let run = 0;

beforeEach(() => {
  cleanup = new AsyncDisposableStack();
  run += 1;
});

afterEach(() => cleanup.disposeAsync());

async function deliver(event: unknown, settler: Invoke<BatchResponse> | undefined): Promise<void> {
  const reply = await settler?.(queued([event]), context);
  if (reply?.batchItemFailures.length !== 0) throw new Error('The event was given back.');
}

/** Both functions as they are deployed, on real clients; events of SES reach the settler as on a laptop. */
async function pipeline(options: {
  onSilence: 'park' | 'resend';
  fault?: (send: number) => SesFault | undefined;
}): Promise<Pipeline> {
  const names = { ledger: `${ledgerTable.name}-${run}`, suppressions: `${suppressionTable.name}-${run}` };
  await createTables(names);
  const receiver: { settler?: Invoke<BatchResponse> } = {};
  let sends = 0;
  const ses = await startSes({
    port: 0,
    onEvent: (event) => deliver(event, receiver.settler),
    fault: () => options.fault?.(sends++),
  });
  cleanup.defer(() => ses.stop());
  const sesClient = createSesClient({ endpoint: ses.url, region, credentials });
  cleanup.defer(() => sesClient.destroy());
  const variables = new Map<string, string>([
    [ledgerTable.variable, names.ledger],
    [suppressionTable.variable, names.suppressions],
    [senderIdentity.variable, 'welcome@example.com'],
    [senderIdentity.configurationSetVariable, 'welcome'],
    [senderIdentity.onSilenceVariable, options.onSilence],
  ]);
  let passedMs = 0;
  const services: Services<'dynamodb' | 'email'> = {
    config: {
      consumer: 'welcome-email',
      region,
      stage: 'test',
      codeVersion: 'test',
      deadLetters: { bucket: 'none', queueUrl: 'http://127.0.0.1/none' },
      value: (name) => variables.get(name) ?? '',
    },
    deadLetters: { store: () => Promise.reject(new Error('nothing here is poison')) },
    clock: { nowMs: () => Date.UTC(2026, 0, 1) + passedMs, sleep: async () => undefined },
    random: Math.random,
    log: { startInvocation: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
    metrics: { add: () => undefined, flush: () => undefined },
    dynamodb: dynamoDbClient(tables),
    email: sesEmailService(sesClient),
  };
  receiver.settler = createSettler(services);
  return {
    welcome: createWelcomeEmail(services),
    settler: receiver.settler,
    states: async () => {
      const { Items = [] } = await services.dynamodb.scan({ TableName: names.ledger });
      const byState = Map.groupBy(Items, ({ state }) => state?.S ?? '');
      return Object.fromEntries([...byState].map(([state, rows]) => [state, rows.length]));
    },
    mailsByAddress: async () => {
      const response = await fetch(`${ses.url}/outbox?limit=1000`);
      const { emails } = (await response.json()) as { emails: { to: string }[] };
      return new Map([...Map.groupBy(emails, ({ to }) => to)].map(([to, mails]) => [to, mails.length]));
    },
    pass: (durationMs) => {
      passedMs += durationMs;
    },
  };
}

async function createTables(names: { ledger: string; suppressions: string }): Promise<void> {
  await tables.send(
    new CreateTableCommand({
      TableName: names.ledger,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [
        { AttributeName: 'id', AttributeType: 'S' },
        { AttributeName: 'lane', AttributeType: 'S' },
        { AttributeName: 'dueAtMs', AttributeType: 'N' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: 'due',
          KeySchema: [
            { AttributeName: 'lane', KeyType: 'HASH' },
            { AttributeName: 'dueAtMs', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    }),
  );
  await tables.send(
    new CreateTableCommand({
      TableName: names.suppressions,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [{ AttributeName: 'address', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'address', AttributeType: 'S' }],
    }),
  );
}

function inserts() {
  const records = kinesisRecords();
  return Array.from({ length: users }, (_, at) => records.insert({ id: `u-${at}`, email: `u-${at}@example.com` }));
}

/** Every third send is not answered after it was taken, refused without a word, or throttled. */
function trouble(send: number): SesFault | undefined {
  const kinds = [undefined, undefined, { kind: 'dropReply' }, { kind: 'refuse' }, { kind: 'throttle' }] as const;
  return send < 20 ? kinds[send % kinds.length] : undefined;
}

/** Silence must be real: time passes only when the events of all that was sent have arrived. */
async function settleAfter(parts: Pipeline, durationMs: number): Promise<void> {
  await allDelivered(parts);
  parts.pass(durationMs);
  await parts.settler({ source: 'schedule' }, context);
}

async function allDelivered(parts: Pipeline): Promise<void> {
  const undelivered = async () => (await parts.mailsByAddress()).size - ((await parts.states()).delivered ?? 0);
  await expect.poll(undelivered).toBe(0);
}

describe('welcome-email: never twice; once, unless parked or rejected', () => {
  it('each user gets one mail though batches come again and SES is in trouble, if events are lossless', async () => {
    const parts = await pipeline({ onSilence: 'resend', fault: trouble });
    const event = { Records: inserts() };
    expect(await parts.welcome(event, context)).toEqual({ batchItemFailures: [] });
    await Promise.all([parts.welcome(event, context), parts.welcome(event, context)]);
    while ((await parts.states()).delivered !== users) await settleAfter(parts, 15_000);
    const mails = await parts.mailsByAddress();
    expect(mails.size).toBe(users);
    expect([...mails.values()].every((count) => count === 1)).toBe(true);
  });

  it('where events may get lost, what stays silent is parked, and nobody gets two mails', async () => {
    const parts = await pipeline({ onSilence: 'park', fault: trouble });
    await parts.welcome({ Records: inserts() }, context);
    for (let run = 0; run < 40; run += 1) await settleAfter(parts, 60_000);
    await allDelivered(parts);
    const { delivered = 0, parked = 0, ...others } = await parts.states();
    expect(others).toEqual({});
    expect(parked).toBeGreaterThan(0);
    const mails = await parts.mailsByAddress();
    expect([mails.size, delivered + parked]).toEqual([delivered, users]);
    expect([...mails.values()].every((count) => count === 1)).toBe(true);
  });
});
