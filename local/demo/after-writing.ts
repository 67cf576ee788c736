/** What happens between the last write and the recount, until no record and no mail waits anywhere. */
import type { Proxies } from '../faults/proxies.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import type { Finding } from './checkers/finding.ts';
import { deliverAgain, olderRecord } from './deliver-again.ts';
import type { DeliveredBatch, DeliveredBatches } from './delivered-batches.ts';
import type { DemoRun } from './demo-run.ts';
import { caughtUp, type Drained, drain } from './drain.ts';
import { type Redriven, redriveProcessed } from './redrive-processed.ts';

interface Written {
  /** Where the sources under test are. */
  readonly root: string;
  readonly pipeline: Pipeline;
  readonly proxies: Proxies;
  readonly delivered: DeliveredBatches;
}

export interface Settled {
  /** What was still waiting when the time was up. */
  readonly behind?: string;
  readonly redriven: Finding;
  /** Older records of users who are gone, delivered once more. */
  readonly cameAgain: number;
}

/** Each is read and decided on its own: a sample shows a redrive that counts. */
export const redrivenRecords = 600;

/** Users expire, everything drains while some of it is redriven, and then older records come again. */
export async function afterWriting(run: DemoRun, written: Written): Promise<Settled> {
  const { options, say } = run;
  const { pipeline } = written;
  const expired = await sweep(pipeline);
  say(`Time to live expired ${expired} users. Draining ...`);
  // Redriven meanwhile: what was counted already is the same whatever else is on its way.
  const [{ drainedMs, behind }, redriven] = await Promise.all([
    untilDrained(run, written),
    redriveCounted(run, written),
  ]);
  const after = `${(drainedMs / 1000).toFixed(1)} s after the last write`;
  say(behind === undefined ? `Drained ${after}.` : `Not drained ${after}: ${behind}.`);
  say(`Redrove ${redriven.records} records that were counted already.`);
  const settled = { redriven: redriven.finding, cameAgain: 0 };
  if (behind !== undefined) return { ...settled, behind };
  if (!options.faults.includes('duplicates')) return settled;
  const cameAgain = sum(await Promise.all(pipeline.regions.map(deliverAgain)));
  const again = await untilDrained(run, written);
  say(`${cameAgain} times ${olderRecord}.${again.behind === undefined ? '' : ` Not drained: ${again.behind}.`}`);
  return { ...settled, cameAgain, ...(again.behind === undefined ? {} : { behind: again.behind }) };
}

function untilDrained({ options, signal }: DemoRun, { pipeline, proxies }: Written): Promise<Drained> {
  return drain({ pipeline, proxies, users: options.users, signal });
}

async function sweep({ regions }: Pipeline): Promise<number> {
  const swept = await Promise.all(regions.map(({ engines }) => engines.dynamodb.sweepExpiredItems()));
  return sum(swept);
}

async function redriveCounted({ signal, options }: DemoRun, { root, pipeline, delivered }: Written): Promise<Redriven> {
  const [{ name: region, endpoints }] = pipeline.regions;
  const place = { consumer: 'aggregates', region };
  await caughtUp({ pipeline, place, users: options.users, signal });
  const batches = sampleOf(delivered.of(place));
  return redriveProcessed({ root, batches, region, dynamodbEndpoint: endpoints.dynamodb });
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

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}
