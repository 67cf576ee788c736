/** `npm start`: the whole pipeline on this machine until Ctrl-C. */
import { rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Option } from 'commander';
import { startConsole } from '../console/server.ts';
import { createLaptopAlarms } from './alarms/start-alarms.ts';
import { bundleFunctions } from './bundle.ts';
import { describeCommand, readArguments } from './command-line.ts';
import { createConsoleSource } from './console-source.ts';
import { startControl } from './control/start-control.ts';
import { type EngineProvider, engineProviders } from './engines/provider.ts';
import { laptopRegistry } from './pipeline/laptop-registry.ts';
import { names } from './pipeline/names.ts';
import { servicesOf } from './pipeline/services.ts';
import { type Pipeline, startPipeline } from './pipeline/start-pipeline.ts';
import { announce, noteOf, withdraw } from './running-pipeline.ts';
import { startTraffic } from './traffic.ts';

/** Leaves the exit itself time within the three seconds that Ctrl-C is promised to take at most. */
const stopLimitMs = 2_500;

const command = describeCommand({
  name: 'npm start --',
  description: 'Runs the pipeline on this machine until Ctrl-C.',
  examples: ['npm start', 'npm start -- --no-traffic', 'npm start -- --engines processes'],
})
  .option('--no-traffic', 'write nothing by itself: the table is yours')
  .addOption(
    new Option('--engines <provider>', 'what backs DynamoDB and OpenSearch; the other services are embedded')
      .choices(engineProviders)
      .default('embedded'),
  );
const { traffic, engines } = readArguments(command).opts<{ traffic: boolean; engines: EngineProvider }>();

const cleanup = new AsyncDisposableStack();
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve());
});

try {
  // Ctrl-C during the start does not wait for it: what is still coming up then ends with this process.
  await Promise.race([start(), interrupted]);
  await interrupted;
  say('Stopping ...');
  exitAfter(stopLimitMs, 0);
  await cleanup.disposeAsync();
  process.exit(0);
} catch (error) {
  say(`tributary could not start: ${inWords(error)}`);
  exitAfter(stopLimitMs, 1);
  await cleanup.disposeAsync();
  process.exit(1);
}

async function start(): Promise<void> {
  say('Starting the engines and the functions ...');
  const bundles = await mkdtemp(join(tmpdir(), 'tributary-'));
  // Not with the rest of the cleanup: however this process ends by itself, nothing stays behind.
  process.once('exit', () => {
    rmSync(bundles, { recursive: true, force: true });
    withdraw();
  });
  await bundleFunctions({ names: laptopRegistry.map(({ name }) => name), outdir: bundles });
  const alarms = createLaptopAlarms(() => Date.now());
  const pipeline = await startPipeline({
    bundles,
    ports: 'fixed',
    engines,
    onLine: (place, line) => {
      alarms.read(place, line);
      complain(`${place.consumer} in ${place.region}`, line);
    },
  });
  cleanup.defer(() => pipeline.stop());
  const watching = alarms.watch(pipeline);
  cleanup.defer(() => watching.stop());
  const web = await startConsole(createConsoleSource(pipeline, alarms.views), pipeline.engines.consolePort);
  cleanup.defer(() => web.stop());
  const control = await startControl(pipeline, alarms.views);
  cleanup.defer(() => control.stop());
  announce({ ...noteOf(pipeline), controlUrl: control.url });
  if (traffic) {
    const writing = startTraffic({
      targets: [targetOf(pipeline.regions[0]), targetOf(pipeline.regions[1])],
      seed: Date.now(),
      writesPerSecond: 5,
      onError: (error) => say(`A write of the traffic failed: ${inWords(error)}`),
    });
    cleanup.defer(() => writing.stop());
  }
  say(banner(pipeline, web.url));
}

/** Each engine watches for the end of this process and ends with it, in whatever state it is. */
function exitAfter(limitMs: number, code: number): void {
  setTimeout(() => process.exit(code), limitMs);
}

function banner(pipeline: Pipeline, consoleUrl: string): string {
  const writes = traffic ? 'about 5 writes a second: --no-traffic turns them off' : 'no traffic: write to it yourself';
  const rows = servicesOf(pipeline).map(
    ({ service, region, backedBy, url }) => `  ${service.padEnd(12)}${region.padEnd(12)}${url.padEnd(24)}${backedBy}`,
  );
  return [
    '',
    'tributary is running; nothing listens beyond 127.0.0.1.',
    '',
    ...rows,
    '',
    `  console     ${consoleUrl}`,
    '',
    `  table       ${names.table} (${writes})`,
    '  variables   npx tributary env',
    '  stop        Ctrl-C',
    '',
  ].join('\n');
}

function targetOf({ name, clients }: Pipeline['regions'][number]) {
  return { region: name, client: clients.dynamodb };
}

/** Errors of functions are worth a line; metrics and ordinary entries are on the console page. */
function complain(consumer: string, line: string): void {
  if (line.includes('"level":"ERROR"') || line.includes('"level":"CRITICAL"')) say(`${consumer}: ${line}`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
