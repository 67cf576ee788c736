/** One bounded pass: start everything, write, let the faults happen, drain, recount, stop everything. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../bundle.ts';
import { createProxies, type Proxies } from '../faults/proxies.ts';
import { laptopRegistry } from '../pipeline/laptop-registry.ts';
import { names, regionNames } from '../pipeline/names.ts';
import type { Hop } from '../pipeline/pipeline-options.ts';
import type { Region } from '../pipeline/region.ts';
import { servicesOf } from '../pipeline/services.ts';
import { type Pipeline, startPipeline } from '../pipeline/start-pipeline.ts';
import { afterWriting, redrivenRecords } from './after-writing.ts';
import { type Checked, checkEverything } from './checkers/check-everything.ts';
import type { RegionPlaces } from './checkers/check-region.ts';
import { olderRecord } from './deliver-again.ts';
import { createDeliveredBatches, type DeliveredBatches } from './delivered-batches.ts';
import type { DemoRun } from './demo-run.ts';
import {
  type Crashes,
  crashChapters,
  deadLetterOutage,
  type FaultChapter,
  mayFail,
  outageChapters,
  partition,
} from './faults.ts';
import { makeIndexForgetful } from './forgetful-index.ts';
import { recordBatches } from './record-batches.ts';
import { buildReport, type Report } from './report.ts';
import { reportFaults } from './report-faults.ts';
import { sabotagedSources } from './sabotaged-sources.ts';
import { createSeededRandom } from './seeded-random.ts';
import { createSender } from './send-workload.ts';
import { createSentBack } from './sent-back.ts';
import { planWorkload } from './workload.ts';
import { writeInChapters } from './write-in-chapters.ts';

const concurrency = 32;
/** Within the second that a writer tolerates. */
const skewMs = 700;

/** @throws {Error} when something cannot start or the run is interrupted; everything is stopped in any case. */
export async function runDemo(run: DemoRun): Promise<Report> {
  const { options, say } = run;
  await using cleanup = new AsyncDisposableStack();
  const { bundles, root } = await bundle(run, cleanup);
  const mostRecords = options.record === undefined ? redrivenRecords : Number.POSITIVE_INFINITY;
  const delivered = createDeliveredBatches({ mostRecords });
  const proxies = cleanup.adopt(createProxies(), (all) => all.stop());
  const sentBack = countSentBack();
  const pipeline = await start(run, { bundles, delivered, proxies, sentBack });
  cleanup.defer(() => pipeline.stop());
  for (const region of pipeline.regions) await makeIndexForgetful(region);
  run.signal.throwIfAborted();

  const planned = planWorkload({ ...options, poison: options.faults.includes('poison') });
  const workload = run.adapt?.(planned) ?? planned;
  const began = performance.now();
  const { chapters, crashes } = planChapters(run, { proxies, pipeline });
  const sender = createSender({
    regions: pipeline.regions,
    random: createSeededRandom(options.seed + 1),
    conflicts: options.faults.includes('conflict'),
    skewMs: options.faults.includes('skew') ? skewMs : 0,
    concurrency,
    signal: run.signal,
  });
  cleanup.defer(() => sender.stop());
  const write = run.write ?? writeInChapters;
  const missedNames = await write(run, { pipeline, sender, workload, chapters });
  const missed = missedNames.flatMap((missedName) => chapters.find(({ name }) => name === missedName) ?? []);
  const { behind, redriven, cameAgain } = await afterWriting(run, { root, pipeline, proxies, delivered });
  // Without a user who is gone there is no such record.
  const { deletes, reinserts, expiries } = workload.counts;
  const neverOlder = options.faults.includes('duplicates') && cameAgain === 0 && deletes - reinserts + expiries > 0;
  if (options.record !== undefined) {
    const files = await recordBatches({ folder: options.record, batches: delivered.all() });
    say(`Recorded ${files.join(', ')}.`);
  }
  say('Recounting ...');
  const checked = await check(pipeline, sentBack);
  await run.look?.(pipeline);
  return buildReport({
    ...checked,
    records: [...checked.records, redriven],
    faults: reportFaults({
      requested: options.faults,
      sent: sender.sent(),
      missed: neverOlder ? [...missed, { fault: 'duplicates', name: olderRecord }] : missed,
      ...{ workload, crashes, proxies, pipeline, checked },
    }),
    ...(behind === undefined ? {} : { behind }),
    seconds: Math.round((performance.now() - began) / 100) / 10,
  });
}

async function start(
  { options, say, onLine }: DemoRun,
  between: {
    readonly bundles: string;
    readonly delivered: DeliveredBatches;
    readonly proxies: Proxies;
    readonly sentBack: ReturnType<typeof countSentBack>;
  },
): Promise<Pipeline> {
  const { bundles, delivered, proxies, sentBack } = between;
  say('Starting the engines and the functions ...');
  const pipeline = await startPipeline({
    bundles,
    ports: 'any',
    engines: options.engines,
    observer: delivered.observe,
    ...(onLine === undefined ? {} : { onLine }),
    route: (hop) => routeThrough(proxies, hop, sentBack),
    ...(options.faults.includes('duplicates')
      ? { deliveryFaults: { seed: options.seed, duplicateRate: 0.2, reorderRate: 0.2 } }
      : {}),
  });
  say(`On ${[...new Set(servicesOf(pipeline).map(({ backedBy }) => backedBy))].join(', ')}.`);
  return pipeline;
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
  await bundleFunctions({ names: laptopRegistry.map(({ name }) => name), outdir, root });
  return { bundles: outdir, root };
}

/** Outages come before crashes; what is left of the writes comes after both. */
function planChapters({ options }: DemoRun, running: { proxies: Proxies; pipeline: Pipeline }) {
  const { proxies, pipeline } = running;
  const kill = (name: string) =>
    pipeline.regions[0].consumers.find(({ definition }) => definition.name === name)?.host.kill() ?? false;
  const outage = options.faults.includes('sink-outage');
  const crashes: Crashes = crashChapters(proxies, kill);
  const chapters: FaultChapter[] = [
    ...(outage && options.faults.includes('poison') ? [deadLetterOutage(proxies)] : []),
    ...(outage ? outageChapters(proxies) : []),
    ...(options.faults.includes('partition') ? [partition(proxies, regionNames.map(replicatorOf))] : []),
    ...(options.faults.includes('crash') ? crashes.chapters : []),
  ];
  return { chapters, crashes };
}

/** Faults meet the functions of the first region, and the way between the regions in both directions. */
async function routeThrough(
  proxies: Proxies,
  { consumer, region, service, url }: Hop,
  sentBack: ReturnType<typeof countSentBack>,
): Promise<string> {
  if (service === 'kinesis' || service === 'sqs' || !mayFail(consumer, service)) return url;
  if (service === 'remoteDynamodb') {
    const { onWrite } = sentBack[region];
    return proxies.open({ consumer: replicatorOf(region), service, target: url, onWrite });
  }
  if (region !== regionNames[0]) return url;
  return proxies.open({ consumer, service, target: url });
}

/** By the region from which changes are sent. */
function countSentBack() {
  const [one, other] = regionNames;
  return { [one]: createSentBack(other), [other]: createSentBack(one) } as const;
}

function replicatorOf(region: string): string {
  return region === regionNames[0] ? 'replicator' : `replicator in ${region}`;
}

function check({ engines, regions }: Pipeline, sentBack: ReturnType<typeof countSentBack>): Promise<Checked> {
  const [one, other] = regions;
  const places = (region: Region) => ({ ...placesOf(region), sentBack: sentBack[region.name].count() });
  return checkEverything({ regions: [places(one), places(other)], ses: engines.ses.url });
}

function placesOf({ name, endpoints, consumers }: Region): Omit<RegionPlaces, 'sentBack'> {
  const mapped = consumers.filter(({ mapping }) => mapping !== undefined);
  return {
    region: name,
    endpoints,
    bucket: names.bucket,
    kinesisStream: names.kinesisStream,
    positions: new Map(
      mapped.map((consumer) => [consumer.definition.name, new Map(Object.entries(consumer.status().positions))]),
    ),
  };
}
