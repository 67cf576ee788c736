/** Whether all is done, told from outside: by the streams, the positions on disk and the ledger. */
import { setTimeout as delay } from 'node:timers/promises';
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { readKinesisStream, readTableStream } from '../demo/checkers/read-streams.ts';
import { readTable } from '../demo/checkers/read-tables.ts';
import { createLocalKinesisClient } from '../engines/kinesis-client.ts';
import { emailRegion, names } from '../pipeline/names.ts';
import type { RegionPlace } from '../pipeline/region.ts';
import { type PassedShards, readDestinationPosition, readPositions } from './read-positions.ts';

const pollMs = 250;
const withinMs = 180_000;
const streamConsumers = ['aggregates', 'replicator'];
/** Ledger rows of mails that are still to be sent, or of which nothing has been heard yet. */
const openStates = ['reserved', 'sending', 'refused'];

/**
 * Resolves when nothing is left to do.
 *
 * @param options.held writes that a crash left behind and that are still to land
 * @throws {Error} saying what is behind when the time is up
 */
export async function drained(options: {
  readonly places: readonly RegionPlace[];
  readonly positions: string;
  readonly held: () => number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { places, positions, held, signal } = options;
  const deadline = performance.now() + withinMs;
  let before: string | undefined;
  for (;;) {
    const behind: string[] = held() > 0 ? ['writes that a crash left behind'] : [];
    const tips: string[] = [];
    for (const place of behind.length > 0 ? [] : places) {
      const looked = await look(place, positions);
      behind.push(...looked.behind);
      tips.push(looked.tips);
    }
    // What one region has just done may be news to the other: nothing is left when a second look finds nothing new.
    const now = tips.join(' ');
    if (behind.length === 0 && now === before) return;
    before = now;
    if (performance.now() > deadline) throw new Error(`Not drained within ${withinMs} ms: ${behind.join('; ')}`);
    await delay(pollMs, undefined, { signal });
  }
}

async function look(place: RegionPlace, folder: string): Promise<{ behind: string[]; tips: string }> {
  const { name, endpoints } = place;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb, region: name, credentials });
  const streams = new DynamoDBStreamsClient({ endpoint: endpoints.dynamodb, region: name, credentials });
  const kinesis = createLocalKinesisClient({ endpoint: endpoints.kinesis, region: name });
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: names.table }));
    const changes = tipsOf(await readTableStream(streams, Table?.LatestStreamArn ?? ''));
    const destination = await readDestinationPosition(folder, name);
    if (!isPast(destination, changes)) return { behind: [`the Kinesis destination in ${name}`], tips: '' };
    const records = tipsOf(await readKinesisStream(kinesis, names.kinesisStream));
    const behind: string[] = [];
    for (const [consumer, passed] of await readPositions(folder, name)) {
      if (!isPast(passed, streamConsumers.includes(consumer) ? changes : records))
        behind.push(`${consumer} in ${name}`);
    }
    const ledger = name === emailRegion ? await readTable(dynamodb, 'email-ledger') : [];
    const open = ledger.filter(({ state }) => openStates.includes(state?.S ?? '')).length;
    if (open > 0) behind.push(`${open} mails are neither sent nor given up`);
    return { behind, tips: JSON.stringify([...changes, ...records]) };
  } finally {
    for (const client of [dynamodb, streams, kinesis]) client.destroy();
  }
}

function tipsOf(records: readonly { readonly shardId: string; readonly sequenceNumber: string }[]): PassedShards {
  return new Map(records.map(({ shardId, sequenceNumber }) => [shardId, sequenceNumber]));
}

function isPast(passed: PassedShards, tips: PassedShards): boolean {
  return [...tips].every(([shardId, tip]) => BigInt(passed.get(shardId) ?? -1) >= BigInt(tip));
}
