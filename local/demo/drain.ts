import { setTimeout as delay } from 'node:timers/promises';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { Proxies } from '../faults/proxies.ts';
import type { Place } from '../pipeline/pipeline-options.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import { readTable } from './checkers/read-tables.ts';

/** The bound for 2,000 users; smaller runs get the same, larger ones their share more. */
const boundMs = 60_000;
const usersWithinBound = 2000;
const pollMs = 100;

export interface Drained {
  readonly drainedMs: number;
  /** In words; absent when everything is done. */
  readonly behind?: string;
}

/** Ledger rows of mails that are still to be sent, or of which nothing has been heard yet. */
const openStates = ['reserved', 'sending', 'refused'];

/** Resolves when no record and no mail waits anywhere, or when the time is up: then with what is still behind. */
export async function drain(options: {
  pipeline: Pipeline;
  proxies: Proxies;
  users: number;
  signal: AbortSignal;
}): Promise<Drained> {
  const { pipeline, proxies, users, signal } = options;
  const began = performance.now();
  const [welcoming] = pipeline.regions;
  const limitMs = limitOf(users);
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const client = new DynamoDBClient({ endpoint: welcoming.endpoints.dynamodb, region: welcoming.name, credentials });
  let openMails = 0;
  try {
    for (;;) {
      signal.throwIfAborted();
      // A write that a crash left behind must have landed first: it may make records that are still to be dealt with.
      if (proxies.all().every((proxy) => proxy.pending() === 0) && (await pipeline.settled())) {
        const ledger = await readTable(client, 'email-ledger');
        openMails = ledger.filter(({ state }) => openStates.includes(state?.S ?? '')).length;
        if (openMails === 0) return { drainedMs: performance.now() - began };
      }
      const drainedMs = performance.now() - began;
      if (drainedMs > limitMs) return { drainedMs, behind: whatIsBehind(pipeline, openMails) };
      await delay(pollMs);
    }
  } finally {
    client.destroy();
  }
}

/** Resolves when a consumer has dealt with all that it was handed, or when the time to drain is up. */
export async function caughtUp(options: {
  pipeline: Pipeline;
  place: Place;
  users: number;
  signal: AbortSignal;
}): Promise<void> {
  const { pipeline, place, users, signal } = options;
  const endMs = performance.now() + limitOf(users);
  const consumer = pipeline.regions
    .find(({ name }) => name === place.region)
    ?.consumers.find(({ definition }) => definition.name === place.consumer);
  const works = () =>
    (consumer?.status().behind ?? 0) > 0 ||
    (consumer?.mapping?.status().shards ?? []).some(({ inFlight, buffered }) => inFlight + buffered > 0);
  while (works() && performance.now() < endMs) await delay(pollMs, undefined, { signal });
}

function limitOf(users: number): number {
  return boundMs * Math.max(1, users / usersWithinBound);
}

function whatIsBehind({ regions }: Pipeline, openMails: number): string {
  const behind = regions.flatMap(({ name: region, consumers, destination }) => {
    const waiting = consumers.map((consumer) => consumer.status()).filter((status) => (status.behind ?? 0) > 0);
    const bridge = destination.stats().behind;
    return [
      ...waiting.map(
        ({ name, behind: count, functionErrors }) =>
          `${name} in ${region} has ${count} records left, ${functionErrors} failures`,
      ),
      ...(bridge > 0 ? [`the table's Kinesis destination in ${region} has ${bridge} changes left`] : []),
    ];
  });
  if (openMails > 0) behind.push(`${openMails} mails are neither sent nor given up`);
  return behind.join('; ');
}
