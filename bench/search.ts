/**
 * Goal G8: what it costs to bring changes into the index, against what one would otherwise write (the SDK's
 * `unmarshall` and the client's `bulk`): from the images as they are in an event, and from the records of Kinesis,
 * where both have to parse the same JSON first. Both send the same fields of the same 1,000 items to a sink on loopback
 * that accepts everything; rounds take turns, and documents that are not the expected ones stop the run.
 */
import { isDeepStrictEqual } from 'node:util';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { Client } from '@opensearch-project/opensearch';
import { definition } from '../functions/search-index/definition.ts';
import { searchIndexEffects } from '../functions/search-index/effects.ts';
import { create } from '../functions/search-index/handler.ts';
import { createSink } from '../functions/search-index/sink.ts';
import { table } from '../functions/table.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { createPortAllocator } from '../local/engines/ports.ts';
import { processBatch } from '../shared/batch/process-batch.ts';
import type { BatchResponse } from '../shared/batch/response.ts';
import type { Change } from '../shared/change/change.ts';
import { parseKinesisRecord } from '../shared/change/from-kinesis.ts';
import { effectsWithoutTombstones } from '../shared/change/tombstone.ts';
import { dynamoDbTwin } from '../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { createOpenSearchClient } from '../shared/services/opensearch/client.ts';
import { searchIndex } from '../shared/sinks/search-index/resources.ts';
import { baseServices, invocationContext } from '../shared/testing/base-services.ts';
import { medianRatio, verdict } from './figures.ts';
import { asKinesisEvent } from './kinesis-event.ts';
import { bulkLength, startBulkSink } from './search/bulk-sink.ts';
import { userImage, userRecord } from './user-image.ts';

const rounds = 40;
const index = 'users';
const createdAt = 1_767_268_800_000_000;

readArguments(
  describeCommand({
    name: 'npm run bench:search --',
    description: 'Measures what it costs to bring changes into the search index, against unmarshall and client.bulk.',
    examples: ['npm run bench:search'],
  }),
);
const sink = await startBulkSink(await createPortAllocator().take(0));
const search = createOpenSearchClient({ endpoint: sink.url, requestTimeoutMs: 20_000 });
const client = new Client({ node: sink.url });
try {
  const records = Array.from({ length: bulkLength }, (_, at) => kinesisRecord(at));
  const services = {
    ...baseServices({ consumer: definition.name, values: { [searchIndex.variable]: index } }),
    ...{ dynamodb: dynamoDbTwin({ tables: [] }), search },
  };
  const handler = create(services);
  const changes = records.map((record) => parseKinesisRecord(record, services.config));
  const batch = {
    ...{ records, consumer: definition.name, deadLetters: services.deadLetters, sink: createSink(services) },
    ...{ effects: effectsWithoutTombstones(searchIndexEffects(table), table), observe: () => undefined },
    limits: { remainingMs: () => 60_000 },
  };
  const bodies: readonly KinesisBody[] = records.map(({ kinesis }) => bodyOf(kinesis));
  const timesMs = await takeTurns({
    ours: async () => {
      const parsed = changes.values();
      const parse = () => parsed.next().value as Change;
      assertDone(await processBatch({ ...batch, parse }));
    },
    theirs: () => bulkPlainly(bodies),
    oursFromKinesis: async () => assertDone(await handler({ Records: records }, invocationContext)),
    theirsFromKinesis: () => bulkPlainly(records.map(({ kinesis }) => bodyOf(kinesis))),
  });
  const [fromImages, fromKinesis] = [
    medianRatio(timesMs.ours, timesMs.theirs),
    medianRatio(timesMs.oursFromKinesis, timesMs.theirsFromKinesis),
  ];
  verdict('G8: from images to an accepted bulk / unmarshall and bulk', fromImages, { most: 0.5 });
  console.log(`The same from records of Kinesis, JSON and binary read by both: ${fromKinesis.toPrecision(3)}`);
} finally {
  await Promise.all([search.close(), client.close()]);
  await sink.stop();
}

type Variant = 'ours' | 'theirs' | 'oursFromKinesis' | 'theirsFromKinesis';

async function takeTurns(
  variants: Readonly<Record<Variant, () => Promise<void>>>,
): Promise<Readonly<Record<Variant, readonly number[]>>> {
  const timesMs: Record<Variant, number[]> = { ours: [], theirs: [], oursFromKinesis: [], theirsFromKinesis: [] };
  for (let round = -5; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(variants) as [Variant, () => Promise<void>][]) {
      const startedMs = performance.now();
      await run();
      // The first ones only warm the compiler and the connections.
      if (round >= 0) timesMs[name].push(performance.now() - startedMs);
      assertSent(name);
    }
  }
  return timesMs;
}

function assertDone({ batchItemFailures }: BatchResponse): void {
  if (batchItemFailures.length > 0) throw new Error('The sink did not accept a document of ours.');
}

interface KinesisBody {
  readonly dynamodb: {
    readonly ApproximateCreationDateTime: number;
    readonly NewImage: Parameters<typeof unmarshall>[0];
  };
}

function bodyOf({ data }: { readonly data: string }): KinesisBody {
  return JSON.parse(Buffer.from(data, 'base64').toString());
}

/** As one would write it: versions too, because without them a late change would overwrite a newer one. */
async function bulkPlainly(bodies: readonly KinesisBody[]): Promise<void> {
  const body = bodies.flatMap(({ dynamodb }) => {
    const { id, email, name, country, plan, status, balance, createdAt } = unmarshall(dynamodb.NewImage);
    const version = dynamodb.ApproximateCreationDateTime;
    const document = { id, email, name, country, plan, status, balance, createdAt };
    return [{ index: { _index: index, _id: id, version, version_type: 'external' } }, document];
  });
  const { body: answer } = await client.bulk({ body });
  if (answer.errors) throw new Error('The sink did not accept a document of theirs.');
}

function kinesisRecord(at: number) {
  const images = {
    key: { id: { S: `user-${at}` } },
    oldImage: userImage(at, { version: 0, country: 'DE' }),
    newImage: userImage(at, { version: 1, country: 'DE' }),
  };
  return asKinesisEvent(userRecord(at, images), createdAt + at);
}

function assertSent(name: string): void {
  const documents = sink.documents();
  const expected = userImage(7, { version: 1, country: 'DE' });
  const { id, email, country } = documents.get('user-7') ?? {};
  const sent = [{ S: id }, { S: email }, { S: country }];
  if (documents.size !== bulkLength || !isDeepStrictEqual(sent, [expected.id, expected.email, expected.country]))
    throw new Error(`What ${name} sent is not what is in the items.`);
}
