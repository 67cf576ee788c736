/**
 * The part of the laptop that stands for what AWS keeps: its engines, in processes of their own or in this one. Those
 * in processes of their own are killed too, and lose nothing that they have acknowledged (docs/adr/0025).
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type DynamoDbEngine, startDynamoDb } from '../engines/dynamodb.ts';
import type { Engine } from '../engines/engine.ts';
import { startKinesis } from '../engines/kinesis.ts';
import { createPortAllocator, type PortAllocator } from '../engines/ports.ts';
import { startS3 } from '../engines/s3.ts';
import { startSearch } from '../engines/search/start-search.ts';
import { startSes } from '../engines/ses/start-ses.ts';
import { startSqs } from '../engines/sqs.ts';
import { type RegionName, regionNames } from '../pipeline/names.ts';
import type { RegionPlace } from '../pipeline/region.ts';

export interface DurableEngines {
  readonly places: readonly [RegionPlace, RegionPlace];
  readonly sesUrl: string;
  /** kill -9; resolves when it answers again, from the same file. */
  killDynamoDb(region: RegionName): Promise<void>;
  /** The same. */
  killKinesis(): Promise<void>;
  /** Lets time to live expire; answers how many items it took. */
  sweep(): Promise<number>;
}

export interface DurableOptions {
  /** For their files. */
  readonly folder: string;
  /** A rejection brings the event again. */
  readonly onEmailEvent: (event: unknown) => Promise<void>;
  readonly cleanup: AsyncDisposableStack;
}

/** Below the ports that systems give to outgoing connections: a port has to be free again when its engine is back. */
const firstPort = 20_000;
const portsOfARun = 10;
const runsSideBySide = 1_000;

const restartsAtMost = 20;
const restartPauseMs = 250;

export async function startDurableEngines(options: DurableOptions): Promise<DurableEngines> {
  const { folder, onEmailEvent, cleanup } = options;
  const ports = createPortAllocator();
  const port = () => ports.take(firstPort + (process.pid % runsSideBySide) * portsOfARun);
  const ses = await stoppedWith(cleanup, startSes({ port: await ports.take(0), onEvent: onEmailEvent }));
  const dataFolder = join(folder, 'kinesis');
  await mkdir(dataFolder, { recursive: true });
  const kinesisPort = await port();
  const kinesis = await killable(cleanup, () => startKinesis({ port: kinesisPort, dataFolder }));
  const dynamodb = new Map<RegionName, Killable<DynamoDbEngine>>();
  for (const region of regionNames) {
    const [apiPort, sweepPort, databaseFile] = [await port(), await port(), join(folder, `${region}.db`)];
    const start = () => startDynamoDb({ port: apiPort, sweepPort, databaseFile });
    dynamodb.set(region, await killable(cleanup, start));
  }
  const of = (region: RegionName) => {
    const found = dynamodb.get(region);
    if (found === undefined) throw new Error(`No DynamoDB was started for ${region}.`);
    return found;
  };
  const [one, other] = regionNames;
  const place = async (name: RegionName, replica: RegionName): Promise<RegionPlace> => ({
    name,
    replica,
    endpoints: {
      dynamodb: of(name).engine().url,
      remoteDynamodb: of(replica).engine().url,
      kinesis: kinesis.engine().url,
      ses: ses.url,
      ...(await startInMemory(name, { ports, cleanup })),
    },
  });
  const places = [await place(one, other), await place(other, one)] as const;
  return {
    places,
    sesUrl: ses.url,
    killDynamoDb: (region) => of(region).killAndStart(),
    killKinesis: () => kinesis.killAndStart(),
    async sweep() {
      const swept = await Promise.all(regionNames.map((region) => of(region).engine().sweepExpiredItems()));
      return swept.reduce((sum, count) => sum + count, 0);
    },
  };
}

/** What has no file to come back from stays in this process, which is not killed. */
async function startInMemory(region: RegionName, around: { ports: PortAllocator; cleanup: AsyncDisposableStack }) {
  const { ports, cleanup } = around;
  const s3 = await stoppedWith(cleanup, startS3({ port: await ports.take(0) }));
  const sqs = await stoppedWith(cleanup, startSqs({ port: await ports.take(0), region }));
  const search = await stoppedWith(cleanup, startSearch({ port: await ports.take(0) }));
  return { s3: s3.url, sqs: sqs.url, opensearch: search.url };
}

interface Killable<E extends Engine> {
  engine(): E;
  killAndStart(): Promise<void>;
}

async function killable<E extends Engine>(
  cleanup: AsyncDisposableStack,
  start: () => Promise<E>,
): Promise<Killable<E>> {
  let engine = await start();
  cleanup.defer(() => engine.stop());
  return {
    engine: () => engine,
    async killAndStart() {
      // An engine of a process of its own is stopped by kill -9.
      await engine.stop();
      engine = await startAgain(start);
    },
  };
}

async function startAgain<E extends Engine>(start: () => Promise<E>): Promise<E> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await start();
    } catch (error) {
      if (attempt === restartsAtMost) throw error;
      await delay(restartPauseMs);
    }
  }
}

async function stoppedWith<E extends Engine>(cleanup: AsyncDisposableStack, starting: Promise<E>): Promise<E> {
  const engine = await starting;
  cleanup.defer(() => engine.stop());
  return engine;
}
