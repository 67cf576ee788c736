import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DynamoDBClient, ListTablesCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';

let engine: Server;
let applied: string[];
let proxy: FaultProxy;

async function startProxy(service: FaultProxy['service']): Promise<void> {
  const { port } = engine.address() as AddressInfo;
  proxy = await startFaultProxy({ service, target: `http://127.0.0.1:${port}`, lateMs: 20 });
}

function dynamodb(): DynamoDBClient {
  return new DynamoDBClient({
    endpoint: proxy.url,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
}

const put = new PutItemCommand({ TableName: 'users', Item: { id: { S: 'a' } } });

beforeEach(async () => {
  applied = [];
  engine = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += chunk;
    applied.push(`${incoming.method} ${incoming.url} ${body}`);
    outgoing.writeHead(200, { 'content-type': 'application/json', 'x-engine': incoming.headers.host ?? '' }).end('{}');
  });
  await new Promise<void>((resolve) => engine.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await proxy.stop();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

describe('fault proxy', () => {
  it('passes requests and replies on unchanged while there is no fault, with the host that was signed', async () => {
    await startProxy('opensearch');
    const response = await fetch(`${proxy.url}/index/_bulk?refresh=true`, { method: 'POST', body: 'line\n' });
    expect(await response.json()).toEqual({});
    expect(response.headers.get('x-engine')).toBe(new URL(proxy.url).host);
    expect(applied).toEqual(['POST /index/_bulk?refresh=true line\n']);
  });

  it('refuses every request with 503 before the engine sees it, until it is cleared', async () => {
    await startProxy('dynamodb');
    proxy.fail('refuse');
    await expect(dynamodb().send(new ListTablesCommand({}))).rejects.toMatchObject({
      name: 'ServiceUnavailableException',
      $metadata: { httpStatusCode: 503 },
    });
    proxy.clear();
    await dynamodb().send(new ListTablesCommand({}));
    expect(applied).toHaveLength(1);
    expect(proxy.injected()).toMatchObject({ refuse: 1 });
  });

  it('throttles with both of DynamoDB’s typed errors in turn', async () => {
    await startProxy('dynamodb');
    proxy.fail('throttle');
    const names: string[] = [];
    for (let count = 0; count < 2; count += 1) {
      await dynamodb()
        .send(put)
        .catch((error: Error) => names.push(error.name));
    }
    expect(names).toEqual(['ProvisionedThroughputExceededException', 'ThrottlingException']);
  });

  it.each([
    { service: 'opensearch', path: '/_bulk', type: 'es_rejected_execution_exception' },
    { service: 'ses', path: '/v2/email/outbound-emails', type: 'TooManyRequestsException' },
  ] as const)('throttles $service with status 429 and its error type', async ({ service, path, type }) => {
    await startProxy(service);
    proxy.fail('throttle');
    const response = await fetch(proxy.url + path, { method: 'POST', body: '{}' });
    expect(response.status).toBe(429);
    expect(`${response.headers.get('x-amzn-errortype')} ${await response.text()}`).toContain(type);
  });

  it('applies a write and loses its reply, while reads are answered', async () => {
    await startProxy('dynamodb');
    proxy.fail('dropReply');
    await expect(dynamodb().send(put)).rejects.toThrow();
    await dynamodb().send(new ListTablesCommand({}));
    expect(applied).toHaveLength(2);
    expect(proxy.injected()).toMatchObject({ dropReply: 1 });
  });

  it.each([
    { moment: 'before', appliedAtCrash: 0, appliedInTheEnd: 0, what: 'without passing the write on' },
    { moment: 'after', appliedAtCrash: 1, appliedInTheEnd: 1, what: 'between the effect of a write and its reply' },
    { moment: 'late', appliedAtCrash: 0, appliedInTheEnd: 1, what: 'and lets the write land afterwards' },
  ] as const)('crashes the caller once $what', async ({ moment, appliedAtCrash, appliedInTheEnd }) => {
    await startProxy('ses');
    const appliedAtCrashes: number[] = [];
    proxy.crashAtNextWrite(moment, () => appliedAtCrashes.push(applied.length));
    const send = () => fetch(`${proxy.url}/v2/email/outbound-emails`, { method: 'POST', body: '{}' });
    await expect(send()).rejects.toThrow();
    expect((await send()).status).toBe(200);
    await expect.poll(() => applied.length).toBe(appliedInTheEnd + 1);
    expect(appliedAtCrashes).toEqual([appliedAtCrash]);
    expect(proxy.injected()).toMatchObject({ [moment]: 1 });
  });
});
