import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { assertSound } from '../../shared/runtime/registry-rules.ts';
import { type EmailEventQueue, emailEventQueueOf } from './email-event-queue.ts';
import { type Engines, startEngines } from './engines.ts';
import type { Endpoints } from './function-environment.ts';
import { type RegionName, regionNames } from './names.ts';
import type { PipelineOptions } from './pipeline-options.ts';
import { environmentOf, prepareRegion, type Region, type RegionPlace, startRegion } from './region.ts';

export interface Pipeline {
  readonly engines: Engines;
  /** In the order of `regionNames`. */
  readonly regions: readonly [Region, Region];
  /** Whether no record waits anywhere, of all that was written before the call. */
  settled(): Promise<boolean>;
  /** Ends functions, mappings and engines. Safe to call twice. */
  stop(): Promise<void>;
}

/** Starts two regions on loopback: engines, tables, Kinesis destinations, functions and their mappings. */
export async function startPipeline(options: PipelineOptions): Promise<Pipeline> {
  assertSound({ table, registry });
  const cleanup = new AsyncDisposableStack();
  try {
    return await assemble(options, cleanup);
  } catch (error) {
    await cleanup.disposeAsync();
    throw error;
  }
}

async function assemble(pipeline: PipelineOptions, cleanup: AsyncDisposableStack): Promise<Pipeline> {
  const emailEvents: { queue?: EmailEventQueue | undefined } = {};
  const engines = await startEngines(
    {
      ports: pipeline.ports,
      provider: pipeline.engines ?? 'embedded',
      onEmailEvent: (event) => handOver(event, emailEvents.queue),
    },
    (engine) => cleanup.defer(() => engine.stop()),
  );
  const [one, other] = regionNames;
  const prepared = await Promise.all([
    prepareRegion(placeOf(one, other, engines), cleanup),
    prepareRegion(placeOf(other, one, engines), cleanup),
  ]);
  const start = async (region: (typeof prepared)[number]): Promise<Region> => ({
    ...(await startRegion(region, { pipeline, cleanup })),
    engines: enginesOf(engines, region.name),
    environment: environmentOf(region),
  });
  const regions = await Promise.all([start(prepared[0]), start(prepared[1])]);
  emailEvents.queue = emailEventQueueOf(regions);
  return {
    engines,
    regions,
    settled: () => isSettled(regions),
    stop: () => cleanup.disposeAsync(),
  };
}

function placeOf(name: RegionName, replica: RegionName, engines: Engines): RegionPlace {
  const own = enginesOf(engines, name);
  const endpoints: Endpoints = {
    dynamodb: own.dynamodb.url,
    remoteDynamodb: enginesOf(engines, replica).dynamodb.url,
    kinesis: engines.kinesis.url,
    s3: own.s3.url,
    sqs: own.sqs.url,
    ses: engines.ses.url,
    opensearch: own.opensearch.url,
  };
  return { name, replica, endpoints };
}

function enginesOf(engines: Engines, region: RegionName) {
  const found = engines.regions.get(region);
  if (found === undefined) throw new Error(`No engines were started for region ${region}.`);
  return found;
}

/** Twice in a row: what one region has just applied may be on its way to the other. */
async function isSettled(regions: readonly Region[]): Promise<boolean> {
  for (let round = 0; round < 2; round += 1) {
    for (const { destination, consumers } of regions) {
      await destination.idle();
      if (consumers.some((consumer) => (consumer.status().behind ?? 0) > 0)) return false;
    }
  }
  return true;
}

/** @throws {Error} so that the event comes again: until the settler has taken it, it has not arrived. */
async function handOver(event: unknown, queue: EmailEventQueue | undefined): Promise<void> {
  if (queue === undefined) throw new Error('No function takes SES events.');
  await queue.take(event);
}
