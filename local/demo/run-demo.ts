/** One bounded pass: start everything, write, let the faults happen, drain, recount, stop everything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { registry } from '../../functions/registry.ts';
import { bundleFunctions } from '../bundle.ts';
import { createProxies, type Proxies } from '../faults/proxies.ts';
import { names } from '../pipeline/names.ts';
import { type Pipeline, startPipeline } from '../pipeline/start-pipeline.ts';
import { type Chapter, runChapters } from './chapters.ts';
import { type Checked, checkEverything } from './checkers/check-everything.ts';
import { createDeliveredBatches, type DeliveredBatch } from './delivered-batches.ts';
import { drain } from './drain.ts';
import { type Crashes, crashChapters, deadLetterOutage, outageChapters } from './faults.ts';
import { makeIndexForgetful } from './forgetful-index.ts';
import type { DemoOptions } from './options.ts';
import { recordBatches } from './record-batches.ts';
import { redriveProcessed } from './redrive-processed.ts';
import { buildReport, type Report } from './report.ts';
import { reportFaults } from './report-faults.ts';
import { sabotagedSources } from './sabotaged-sources.ts';
import { sendWorkload } from './send-workload.ts';
import { planWorkload, type Workload } from './workload.ts';

export interface DemoRun {
  readonly projectRoot: string;
  readonly options: DemoOptions;
  readonly signal: AbortSignal;
  /** Lines for people, as things happen. */
  readonly say: (line: string) => void;
}

/** Each is read and decided on its own: a sample shows a redrive that counts. */
const redrivenRecords = 600;
const concurrency = 32;
const leastFaultMs = 700;
const mostFaultMs = 10_000;

/** @throws {Error} when something cannot start or the run is interrupted; everything is stopped in any case. */
export async function runDemo(run: DemoRun): Promise<Report> {
  const { options, say } = run;
  await using cleanup = new AsyncDisposableStack();
  const { bundles, root } = await bundle(run, cleanup);
  const delivered = createDeliveredBatches();
  const proxies = createProxies();
  cleanup.defer(() => proxies.stop());
  say('Starting the engines and the functions ...');
  const pipeline = await startPipeline({
    bundles,
    ports: 'any',
    observer: delivered.observe,
    route: async ({ consumer, service, url }) =>
      service === 'dynamodb' || service === 'opensearch' || service === 'ses' || service === 's3'
        ? proxies.open({ consumer, service, target: url })
        : url,
    ...(options.faults.includes('duplicates')
      ? { deliveryFaults: { seed: options.seed, duplicateRate: 0.2, reorderRate: 0.2 } }
      : {}),
  });
  cleanup.defer(() => pipeline.stop());
  await makeIndexForgetful(pipeline);
  run.signal.throwIfAborted();

  const workload = planWorkload({ ...options, poison: options.faults.includes('poison') });
  const began = performance.now();
  const { chapters, crashes } = planChapters(run, { proxies, pipeline });
  const missed = await write(run, { pipeline, workload, chapters });
  const expired = await pipeline.engines.dynamodb.sweepExpiredItems();
  say(`Time to live expired ${expired} users. Draining ...`);
  const { drainedMs, behind } = await drain({ pipeline, proxies, users: options.users, signal: run.signal });
  const after = `${(drainedMs / 1000).toFixed(1)} s after the last write`;
  say(behind === undefined ? `Drained ${after}.` : `Not drained ${after}: ${behind}.`);
  const batches = sampleOf(delivered.of('aggregates'));
  if (options.record !== undefined) {
    const files = await recordBatches({ folder: options.record, batches: delivered.all() });
    say(`Recorded ${files.join(', ')}.`);
  }
  const redriven = await redriveProcessed({ root, batches, dynamodbEndpoint: pipeline.endpoints.dynamodb });
  say(`Redrove ${redriven} records that were counted already. Recounting ...`);
  const checked = await check(pipeline);
  return buildReport({
    ...checked,
    faults: reportFaults({ requested: options.faults, workload, missed, crashes, proxies, pipeline, checked }),
    ...(behind === undefined ? {} : { behind }),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  });
}

async function bundle({ projectRoot, options, say }: DemoRun, cleanup: AsyncDisposableStack) {
  const outdir = await mkdtemp(join(tmpdir(), 'tributary-demo-'));
  cleanup.defer(() => rm(outdir, { recursive: true, force: true }));
  let root = projectRoot;
  if (options.sabotage !== undefined) {
    const { name, removes } = options.sabotage;
    const copy = await sabotagedSources({ projectRoot, name });
    cleanup.defer(() => copy.remove());
    root = copy.root;
    say(`Sabotage ${name}: ${removes}. This run must fail.`);
  }
  say('Bundling the functions as they are deployed ...');
  await bundleFunctions({ names: registry.map(({ name }) => name), outdir, root });
  return { bundles: outdir, root };
}

/** Outages come before crashes; what is left of the writes comes after both. */
function planChapters({ options }: DemoRun, running: { proxies: Proxies; pipeline: Pipeline }) {
  const { proxies, pipeline } = running;
  const kill = (name: string) =>
    pipeline.consumers.find(({ definition }) => definition.name === name)?.host.kill() ?? false;
  const outage = options.faults.includes('sink-outage');
  const crashes: Crashes = crashChapters(proxies, kill);
  const chapters: Chapter[] = [
    ...(outage && options.faults.includes('poison') ? [deadLetterOutage(proxies)] : []),
    ...(outage ? outageChapters(proxies) : []),
    ...(options.faults.includes('crash') ? crashes.chapters : []),
  ];
  return { chapters, crashes };
}

async function write(
  { options, signal, say }: DemoRun,
  plan: { pipeline: Pipeline; workload: Workload; chapters: readonly Chapter[] },
): Promise<readonly string[]> {
  const { pipeline, workload, chapters } = plan;
  const { counts, steps } = workload;
  say(`Writing ${options.users} users with ${counts.edits} edits: ${counts.writes} writes ...`);
  const { region, table } = names;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: pipeline.endpoints.dynamodb, region, credentials });
  const began = performance.now();
  let missed: readonly string[];
  try {
    missed = await runChapters({
      chapters,
      steps,
      send: (share) => sendWorkload({ client, table, steps: share, concurrency, signal }),
      leastMs: leastFaultMs,
      mostMs: mostFaultMs,
      signal,
      onChapter: (name) => say(`  ${name}`),
    });
  } finally {
    client.destroy();
  }
  const seconds = (performance.now() - began) / 1000;
  say(`Wrote ${counts.writes} in ${seconds.toFixed(1)} s, ${Math.round(counts.writes / seconds)} a second.`);
  return missed;
}

function check({ endpoints, consumers }: Pipeline): Promise<Checked> {
  const positions = new Map(
    consumers.map((consumer) => [consumer.definition.name, new Map(Object.entries(consumer.status().positions))]),
  );
  return checkEverything({
    endpoints,
    region: names.region,
    bucket: names.bucket,
    kinesisStream: names.kinesisStream,
    positions: (consumer) => positions.get(consumer) ?? new Map(),
  });
}

/** Batches from the first one on, the last one cut short, with so many records together. */
function sampleOf(batches: readonly DeliveredBatch[]): DeliveredBatch[] {
  let left = redrivenRecords;
  return batches.flatMap((batch) => {
    const records = batch.records.slice(0, left);
    left -= records.length;
    return records.length === 0 ? [] : { ...batch, records };
  });
}
