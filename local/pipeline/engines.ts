import type { DynamoDbEngine } from '../engines/dynamodb.ts';
import type { Engine } from '../engines/engine.ts';
import { startKinesis } from '../engines/kinesis.ts';
import { createPortAllocator, defaultPorts, type PortAllocator } from '../engines/ports.ts';
import { dynamoDbStarters, type EngineProvider, searchStarters } from '../engines/provider.ts';
import { startS3 } from '../engines/s3.ts';
import { startSes } from '../engines/ses/start-ses.ts';
import { startSqs } from '../engines/sqs.ts';
import { type RegionName, regionNames } from './names.ts';

/** The services of one region. */
export interface RegionEngines {
  readonly dynamodb: DynamoDbEngine;
  readonly s3: Engine;
  readonly sqs: Engine;
  readonly opensearch: Engine;
}

export interface Engines {
  /** One for all regions: it keeps their streams apart by the region that a request is signed for. */
  readonly kinesis: Engine;
  readonly ses: Engine;
  readonly regions: ReadonlyMap<RegionName, RegionEngines>;
  /** The port set aside for the console. */
  readonly consolePort: number;
}

export interface EngineOptions {
  /** `fixed`: the same ports at every start where they are free; `any`: whatever is free, for runs side by side. */
  readonly ports: 'fixed' | 'any';
  /** What backs DynamoDB and OpenSearch. */
  readonly provider: EngineProvider;
  /** Takes one SES event; a rejection brings it again. */
  readonly onEmailEvent: (event: unknown) => Promise<void>;
}

type PortOf = (service: keyof typeof defaultPorts, region?: RegionName) => Promise<number>;

/** Starts all engines at once; `onStarted` learns of each as it comes up, so that a failure of one ends the others. */
export async function startEngines(options: EngineOptions, onStarted: (engine: Engine) => void): Promise<Engines> {
  const portOf = portsFrom(createPortAllocator(), options.ports);
  const started = async <E extends Engine>(starting: Promise<E>) => {
    const engine = await starting;
    onStarted(engine);
    return engine;
  };
  const consolePort = await portOf('console');
  const kinesisPort = await portOf('kinesis');
  const sesPort = await portOf('ses');
  const regions = await inTurn(regionNames, async (region) => ({ region, ports: await regionPorts(portOf, region) }));
  // All are awaited even when one fails: an engine that comes up later would otherwise be left running.
  const [kinesis, ses, ...regional] = await allOrFirstFailure([
    started(startKinesis({ port: kinesisPort })),
    started(startSes({ port: sesPort, onEvent: options.onEmailEvent })),
    ...regions.map((place) => startRegionEngines({ ...place, provider: options.provider }, started)),
  ] as const);
  return { kinesis, ses, consolePort, regions: new Map(regional) };
}

type Started = <E extends Engine>(starting: Promise<E>) => Promise<E>;

async function startRegionEngines(
  place: { region: RegionName; ports: Awaited<ReturnType<typeof regionPorts>>; provider: EngineProvider },
  started: Started,
): Promise<[RegionName, RegionEngines]> {
  const { region, ports, provider } = place;
  const [dynamodb, s3, sqs, opensearch] = await allOrFirstFailure([
    started(dynamoDbStarters[provider]({ port: ports.dynamodb, sweepPort: ports.sweep, region })),
    started(startS3({ port: ports.s3 })),
    started(startSqs({ port: ports.sqs, region })),
    started(searchStarters[provider]({ port: ports.search, region })),
  ] as const);
  return [region, { dynamodb, s3, sqs, opensearch }];
}

async function regionPorts(portOf: PortOf, region: RegionName) {
  return {
    dynamodb: await portOf('dynamodb', region),
    sweep: await portOf('dynamodbSweep', region),
    s3: await portOf('s3', region),
    sqs: await portOf('sqs', region),
    search: await portOf('search', region),
  };
}

/** Distance between the ports of one service in two regions. */
const regionStep = 10;

/** TRIBUTARY_PORT_CONSOLE=4800 moves a service, TRIBUTARY_PORT_DYNAMODB_2 that of the second region. */
function portsFrom(allocator: PortAllocator, ports: EngineOptions['ports']): PortOf {
  return (service, region) => {
    if (ports === 'any') return allocator.take(0);
    const place = region === undefined ? 0 : regionNames.indexOf(region);
    const variable = `TRIBUTARY_PORT_${service.toUpperCase()}${place === 0 ? '' : `_${place + 1}`}`;
    const text = process.env[variable];
    if (text === undefined) return allocator.take(defaultPorts[service] + place * regionStep);
    const port = Number(text);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) {
      throw new Error(`${variable} is "${text}": set it to a port number (0 for any free one), or unset it.`);
    }
    return allocator.take(port);
  };
}

async function allOrFirstFailure<const Values extends readonly Promise<unknown>[]>(
  values: Values,
): Promise<{ -readonly [Place in keyof Values]: Awaited<Values[Place]> }> {
  await Promise.allSettled(values);
  return Promise.all(values) as Promise<{ -readonly [Place in keyof Values]: Awaited<Values[Place]> }>;
}

async function inTurn<From, To>(values: readonly From[], each: (value: From) => Promise<To>): Promise<To[]> {
  const results: To[] = [];
  for (const value of values) results.push(await each(value));
  return results;
}
