import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type SimulatedRecord, simulateMapping } from '@tributary/event-source-mapping';
import { describeCommand, readArguments, wholeNumber } from '../local/command-line.ts';

// What the event source mapping carries in virtual time: records of 1 KB, batches of 100, a function that does nothing,
// the payload rule on. The records are made on the way, as a stream would hand them over.

const streamArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/bench/stream/2026-01-01T00:00:00.000';
const startMs = Date.UTC(2026, 0, 1);
const recordBytes = 1024;
const million = 1_000_000;

function record(number: number): SimulatedRecord {
  const sequenceNumber = String(10n ** 20n + BigInt(number));
  const id = { S: `item-${number % 5000}` };
  const made = {
    eventID: '0'.repeat(32),
    eventName: 'INSERT',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb' as const,
    awsRegion: 'eu-west-1',
    dynamodb: {
      ApproximateCreationDateTime: startMs / 1000,
      Keys: { id },
      NewImage: { id, text: { S: padding } },
      SequenceNumber: sequenceNumber,
      SizeBytes: recordBytes,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: streamArn,
  };
  return { sequenceNumber, arrivalMs: startMs, record: made };
}

let padding = '';
padding = 'x'.repeat(recordBytes - JSON.stringify(record(1)).length);

interface Run {
  readonly seconds: number;
  /** After each million records. */
  readonly rssMb: readonly number[];
}

async function run(count: number): Promise<Run> {
  const records: Iterable<SimulatedRecord> = {
    *[Symbol.iterator]() {
      for (let number = 1; number <= count; number += 1) yield record(number);
    },
  };
  const rssMb: number[] = [];
  let invoked = 0;
  const startedMs = performance.now();
  const { metrics } = await simulateMapping(
    {
      mapping: { EventSourceArn: streamArn, FunctionName: 'bench', StartingPosition: 'TRIM_HORIZON', BatchSize: 100 },
      shards: [{ shardId: 'shardId-000000000000', records, closed: true }],
      handler: () => null,
    },
    (activity) => {
      if (activity.kind !== 'invocation') return;
      invoked += activity.event.Records.length;
      if (invoked % million === 0) rssMb.push(process.memoryUsage.rss() / 2 ** 20);
    },
  );
  if (metrics.processed !== count) throw new Error(`${metrics.processed} of ${count} records were processed.`);
  return { seconds: (performance.now() - startedMs) / 1000, rssMb };
}

async function measure(millions: number): Promise<void> {
  await run(million / 10);
  const { seconds, rssMb } = await run(millions * million);
  const perSecond = Math.round((millions * million) / seconds);
  const [first = 0] = rssMb;
  const last = rssMb.at(-1) ?? 0;
  process.stdout.write(
    `${perSecond} records/s of ${recordBytes} bytes, batches of 100, no-op function, virtual time\n`,
  );
  process.stdout.write(`RSS after 1 million records ${first.toFixed(0)} MB, after ${millions} million `);
  process.stdout.write(`${last.toFixed(0)} MB: x ${(last / first).toFixed(2)} (V8's nursery kept at 16 MB)\n`);
}

// The nursery has its size from the start: V8 would enlarge it at some point, which says nothing about the mapping.
const nursery = '--max-semi-space-size=16';
const command = describeCommand({
  name: 'npm run bench:mapping --',
  description: 'Measures records per second and memory of the event source mapping, in virtual time.',
  examples: ['npm run bench:mapping', 'npm run bench:mapping -- 1'],
}).argument('[millions]', 'of records; by default 10', wholeNumber(1, 1_000));
const [size = '10'] = readArguments(command).args;
if (process.execArgv.includes(nursery)) await measure(Number(size));
else
  process.exitCode =
    spawnSync(process.execPath, [nursery, fileURLToPath(import.meta.url), size], { stdio: 'inherit' }).status ?? 1;
