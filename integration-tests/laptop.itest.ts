import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultPorts, loopbackHost } from '../local/engines/ports.ts';
import { expectState, type Laptop, startLaptop } from './laptop-process.ts';

interface State {
  readonly services: readonly { readonly service: string; readonly url: string }[];
  readonly regions: readonly RegionState[];
  readonly outbox: { readonly total: number };
}

interface RegionState {
  readonly name: string;
  readonly consumers: readonly { readonly name: string; readonly outcomes: Readonly<Record<string, number>> }[];
  readonly totals: readonly {
    readonly total: string;
    readonly groups: readonly { readonly group: string; readonly count: string }[];
  }[];
}

const onLinux = process.platform === 'linux';
const everywhere = ['aggregates', 'replicator', 'search-index', 'archive'];
let cleanup: AsyncDisposableStack;

beforeEach(() => {
  cleanup = new AsyncDisposableStack();
});

afterEach(() => cleanup.disposeAsync());

function applied({ consumers }: RegionState, consumer: string): number {
  return consumers.find(({ name }) => name === consumer)?.outcomes.applied ?? 0;
}

function usersByCountry({ totals }: RegionState) {
  return totals.find(({ total }) => total === 'users-by-country')?.groups;
}

async function expectNothingLeft(laptop: Laptop): Promise<void> {
  if (onLinux) await expect.poll(() => laptop.processes()).toEqual([]);
  expect(await laptop.leftovers()).toEqual([]);
}

describe('npm start', () => {
  it('names its services, shows the effects of its traffic, listens on loopback only, and ends on Ctrl-C', async () => {
    const laptop = await startLaptop(cleanup);
    const consoleUrl = await laptop.consoleUrl();
    for (const service of ['DynamoDB', 'Kinesis', 'OpenSearch', 'SES', 'S3', 'SQS']) {
      expect(laptop.output()).toMatch(
        new RegExp(`^ {2}${service} +(?:[a-z]+-[a-z]+-\\d +)?http://127\\.0\\.0\\.1:\\d+ +\\S`, 'm'),
      );
    }

    const state = await expectState<State>(
      `${consoleUrl}/api/state`,
      (seen) =>
        seen.outbox.total > 0 &&
        seen.regions.length === 2 &&
        seen.regions.every((region) => everywhere.every((name) => applied(region, name) > 0)) &&
        seen.regions.every(({ totals }) => totals.every(({ groups }) => groups.length > 0)),
    );
    for (const { url } of state.services) expect(laptop.output()).toContain(url);
    expect((await fetch(consoleUrl)).headers.get('content-type')).toContain('text/html');

    if (onLinux) {
      const addresses = await laptop.listening();
      expect(addresses.length).toBeGreaterThanOrEqual(Object.keys(defaultPorts).length);
      expect(addresses.filter((address) => !isLoopback(address))).toEqual([]);
    }
    expect(await laptop.signal('SIGINT')).toBe(0);
    await expectNothingLeft(laptop);
  });

  it('without traffic shows a plain SDK client, pointed at it by its variables, its own user alone', async () => {
    const laptop = await startLaptop(cleanup, { args: ['--no-traffic'] });
    const consoleUrl = await laptop.consoleUrl();
    const variables = await printedVariables(laptop);
    const put = `
      import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
      const ada = { id: 'ada', email: 'ada@example.com', name: 'Ada Lovelace', country: 'GB' };
      const Item = Object.fromEntries(Object.entries(ada).map(([name, S]) => [name, { S }]));
      await new DynamoDBClient().send(new PutItemCommand({ TableName: 'users', Item }));`;
    const written = await laptop.run(['--input-type=module', '-e', put], variables);
    expect(written).toMatchObject({ code: 0, error: '' });

    const { emails } = await expectState<{ emails: { to: string; subject: string }[] }>(
      `${variables.AWS_ENDPOINT_URL_SESV2}/outbox`,
      (outbox) => outbox.emails.length > 0,
    );
    expect(emails).toEqual([expect.objectContaining({ to: 'ada@example.com', subject: 'Welcome, Ada Lovelace!' })]);

    const search = `
      import { Client } from '@opensearch-project/opensearch';
      const client = new Client({ node: process.env.SEARCH_ENDPOINT });
      const { body } = await client.search({ index: 'users', body: { query: { match: { name: 'lovelace' } } } });
      process.stdout.write(JSON.stringify(body.hits.hits.map(({ _source }) => _source.email)));`;
    await expect
      .poll(async () => (await laptop.run(['--input-type=module', '-e', search], variables)).out)
      .toBe('["ada@example.com"]');

    // Written without a stamp in one region: welcomed and counted there, stamped, copied, and counted in the other.
    const { regions } = await expectState<State>(`${consoleUrl}/api/state`, (seen) =>
      seen.regions.every((region) => usersByCountry(region)?.length === 1),
    );
    for (const region of regions) {
      expect(usersByCountry(region)).toEqual([expect.objectContaining({ group: 'GB', count: '1' })]);
      expect(applied(region, 'aggregates')).toBe(1);
    }
    expect(regions.map((region) => applied(region, 'welcome-email'))).toEqual([1, 0]);
  });

  it('takes the next free port where one is taken', async () => {
    const port = await holdPort();
    const laptop = await startLaptop(cleanup, {
      args: ['--no-traffic'],
      variables: { TRIBUTARY_PORT_CONSOLE: String(port) },
    });
    const found = Number(new URL(await laptop.consoleUrl()).port);
    expect(found).toBeGreaterThan(port);
  });

  it.runIf(onLinux)('leaves no engine behind when it is killed', async () => {
    const laptop = await startLaptop(cleanup);
    await laptop.consoleUrl();
    expect((await laptop.processes()).join('\n')).toMatch(/dynoxide/);
    expect((await laptop.processes()).join('\n')).toMatch(/engines\/kinesis/);
    await laptop.signal('SIGKILL');
    await expect.poll(() => laptop.processes()).toEqual([]);
    expect(await laptop.run(['cli/main.ts', 'env'])).toMatchObject({ code: 2, out: '' });
  });

  it.runIf(onLinux).each([
    { moment: 'as its bundles are made', process: /esbuild/ },
    { moment: 'as its engines come up', process: /dynoxide/ },
  ])('leaves nothing behind when Ctrl-C meets it $moment', async ({ process: met }) => {
    const laptop = await startLaptop(cleanup);
    const processes = async () => (await laptop.processes()).join('\n');
    await expect.poll(processes, { timeout: 90_000, interval: 25 }).toMatch(met);
    expect(laptop.output()).not.toContain('console ');
    expect(await laptop.signal('SIGINT')).toBe(0);
    await expectNothingLeft(laptop);
  });
});

async function printedVariables(laptop: Laptop): Promise<Record<string, string>> {
  const { code, out } = await laptop.run(['cli/main.ts', 'env']);
  expect(code).toBe(0);
  return Object.fromEntries(
    out
      .trim()
      .split('\n')
      .map((line) => {
        const [, name = '', value = ''] = /^export (\w+)=(\S+)$/.exec(line) ?? [];
        return [name, value];
      }),
  );
}

/** As the kernel writes them: 127.0.0.1 with its bytes turned around, ::1, and 127.0.0.1 within IPv6. */
function isLoopback(address: string): boolean {
  return /^(0100007F|0{24}01000000|0{16}FFFF00000100007F):/.test(address);
}

/** A port that this test listens on. */
async function holdPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, loopbackHost, resolve));
  cleanup.defer(() => new Promise<void>((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The test has no port');
  return address.port;
}
