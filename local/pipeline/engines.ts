import { type DynamoDbEngine, startDynamoDb } from '../engines/dynamodb.ts';
import type { Engine } from '../engines/engine.ts';
import { startKinesis } from '../engines/kinesis.ts';
import { createPortAllocator, defaultPorts } from '../engines/ports.ts';
import { startS3 } from '../engines/s3.ts';
import { startSearch } from '../engines/search/start-search.ts';
import { startSes } from '../engines/ses/start-ses.ts';
import { startSqs } from '../engines/sqs.ts';

/** The services that the functions, the checkers and an application talk to. */
export interface Engines {
  readonly dynamodb: DynamoDbEngine;
  readonly kinesis: Engine;
  readonly s3: Engine;
  readonly sqs: Engine;
  readonly ses: Engine;
  readonly opensearch: Engine;
  /** The port set aside for the console. */
  readonly consolePort: number;
}

export interface EngineOptions {
  /** `fixed`: the same ports at every start where they are free; `any`: whatever is free, for runs side by side. */
  readonly ports: 'fixed' | 'any';
  readonly region: string;
  /** Takes one SES event; a rejection brings it again. */
  readonly onEmailEvent: (event: unknown) => Promise<void>;
}

/** Starts all engines at once; `onStarted` learns of each as it comes up, so that a failure of one ends the others. */
export async function startEngines(options: EngineOptions, onStarted: (engine: Engine) => void): Promise<Engines> {
  const { region } = options;
  const allocator = createPortAllocator();
  const take = (name: keyof typeof defaultPorts) => allocator.take(options.ports === 'fixed' ? portFor(name) : 0);
  const [consolePort, dynamodbPort, sweepPort, kinesisPort, s3Port, sqsPort, sesPort, searchPort] = await Promise.all([
    ...[take('console'), take('dynamodb'), take('dynamodbSweep'), take('kinesis')],
    ...[take('s3'), take('sqs'), take('ses'), take('search')],
  ] as const);
  const started = <E extends Engine>(starting: Promise<E>) =>
    starting.then((engine) => {
      onStarted(engine);
      return engine;
    });
  // All are awaited even when one fails: an engine that comes up later would otherwise be left running.
  const results = await Promise.allSettled([
    started(startDynamoDb({ port: dynamodbPort, sweepPort })),
    started(startKinesis({ port: kinesisPort })),
    started(startS3({ port: s3Port })),
    started(startSqs({ port: sqsPort, region })),
    started(startSes({ port: sesPort, onEvent: options.onEmailEvent })),
    started(startSearch({ port: searchPort })),
  ]);
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  const [dynamodb, kinesis, s3, sqs, ses, opensearch] = results.map((result) =>
    result.status === 'fulfilled' ? result.value : undefined,
  ) as [DynamoDbEngine, Engine, Engine, Engine, Engine, Engine];
  return { dynamodb, kinesis, s3, sqs, ses, opensearch, consolePort };
}

/** TRIBUTARY_PORT_CONSOLE=4800 and the like move a single service. */
function portFor(name: keyof typeof defaultPorts): number {
  const variable = `TRIBUTARY_PORT_${name.toUpperCase()}`;
  const text = process.env[variable];
  if (text === undefined) return defaultPorts[name];
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`${variable} is "${text}": set it to a port number (0 for any free one), or unset it.`);
  }
  return port;
}
