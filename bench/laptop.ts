/**
 * Goal G11: how long a developer waits. From `npm start` to the first user that is counted, and from the last of 1,000
 * written users until every consumer of both regions has taken every record, every mail is out and both tables, both
 * indices and all counters hold every user. Then from Ctrl-C until nothing of it is left.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { RegionView, SearchView, ServiceView } from '../console/server.ts';
import { table as definition } from '../functions/table.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { readTable } from '../local/demo/checkers/read-tables.ts';
import { mapBounded } from '../shared/batch/bounded.ts';
import { createWriter } from '../shared/writer/write.ts';
import { verdict } from './figures.ts';

const userCount = 1_000;
const writesAtOnce = 16;
const pollMs = 50;
const limitMs = 120_000;
const project = fileURLToPath(new URL('..', import.meta.url));

interface State {
  readonly services: readonly ServiceView[];
  readonly regions: readonly RegionView[];
  readonly outbox: { readonly total: number };
}

readArguments(
  describeCommand({
    name: 'npm run bench:laptop --',
    description: 'Measures how long npm start takes to the first effect, and 1,000 writes through every consumer.',
    examples: ['npm run bench:laptop'],
  }),
);
const folder = await mkdtemp(join(tmpdir(), 'tributary-bench-'));
const startedMs = performance.now();
const laptop = spawn(process.execPath, ['local/start.ts', '--no-traffic'], {
  cwd: project,
  env: { ...process.env, TMPDIR: folder, TRIBUTARY_FOLDER: join(folder, 'note') },
  stdio: ['ignore', 'pipe', 'inherit'],
});
const ended = new Promise((resolve) => laptop.once('exit', resolve));
try {
  const consoleUrl = await consoleAddress();
  const stateOf = async (): Promise<State> => (await fetch(`${consoleUrl}/api/state`)).json() as Promise<State>;
  const { services } = await stateOf();
  const clients = services.filter(({ service }) => service === 'DynamoDB').map(clientOf);
  const [home] = clients;
  if (home === undefined) throw new Error('Nothing backs DynamoDB.');
  const put = writerOf(home);
  await put(0);
  await until(async () => (await stateOf()).regions.some(({ totals }) => countedIn(totals) === 1));
  const firstEffectS = (performance.now() - startedMs) / 1000;

  await mapBounded(
    Array.from({ length: userCount - 1 }, (_, at) => at + 1),
    writesAtOnce,
    put,
  );
  const lastWriteMs = performance.now();
  const throughS = new Map<string, number>();
  await until(async () => {
    const { regions, outbox } = await stateOf();
    const elapsedS = (performance.now() - lastWriteMs) / 1000;
    for (const { name, consumers } of regions) {
      for (const { name: consumer, behind = 0 } of consumers) {
        const place = `${consumer} in ${name}`;
        if (behind > 0) throughS.delete(place);
        else if (!throughS.has(place)) throughS.set(place, elapsedS);
      }
    }
    const places = regions.reduce((sum, { consumers }) => sum + consumers.length, 0);
    if (throughS.size < places || outbox.total < userCount) return false;
    if (regions.some(({ totals }) => countedIn(totals) !== userCount)) return false;
    const found = await Promise.all([
      ...regions.map(({ name }) => documentsIn(consoleUrl, name)),
      ...clients.map(async ({ client }) => (await readTable(client, definition.name)).length),
    ]);
    return found.every((count) => count === userCount);
  });
  const drainedS = (performance.now() - lastWriteMs) / 1000;
  const { outbox } = await stateOf();
  if (outbox.total !== userCount) throw new Error(`${outbox.total} mails for ${userCount} users.`);
  for (const [place, seconds] of [...throughS].toSorted(([, a], [, b]) => a - b)) {
    console.log(`${place.padEnd(40)}${seconds.toFixed(1).padStart(6)} s after the last write`);
  }
  verdict('G11: seconds from the start to the first effect', firstEffectS, { most: 10 });
  verdict('G11: seconds until 1,000 writes went through every consumer', drainedS, { most: 5 });
  for (const { client } of clients) client.destroy();
  const stoppedMs = performance.now();
  await stop();
  verdict('Seconds from Ctrl-C to the end', (performance.now() - stoppedMs) / 1000, { most: 3 });
} finally {
  await stop();
  await rm(folder, { recursive: true, force: true });
}
// Connections that are kept alive would hold the process open.
process.exit();

/** Also of what has ended already. */
function stop(): Promise<unknown> {
  laptop.kill('SIGINT');
  return ended;
}

async function consoleAddress(): Promise<string> {
  let output = '';
  laptop.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  const banner = () => /^ *console +(http:\S+)$/m.exec(output)?.[1];
  await until(async () => banner() !== undefined);
  return banner() ?? '';
}

interface RegionClient {
  readonly region: string;
  readonly client: DynamoDBClient;
}

function clientOf({ url, region }: ServiceView): RegionClient {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return { region, client: new DynamoDBClient({ endpoint: url, region, credentials }) };
}

function writerOf({ client, region }: RegionClient): (at: number) => Promise<void> {
  const table = { tableName: definition.name, definition };
  const users = createWriter({ dynamodb: client, table, region, mode: 'active-active' });
  return async (at) => {
    const createdAt = new Date().toISOString();
    await users.put({ id: `u-${at}`, email: `somebody.${at}@example.com`, country: 'GB', plan: 'free', createdAt });
  };
}

function countedIn(totals: RegionView['totals']): number {
  const groups = totals.find(({ total }) => total === 'users-by-country')?.groups ?? [];
  return groups.reduce((sum, { count }) => sum + Number(count), 0);
}

async function documentsIn(consoleUrl: string, region: string): Promise<number> {
  const found = (await (await fetch(`${consoleUrl}/api/search?region=${region}`)).json()) as SearchView;
  return found.total;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > endMs || laptop.exitCode !== null) throw new Error('The laptop did not come so far.');
    await delay(pollMs);
  }
}
