/** Reads and checks what one region holds. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { createLocalKinesisClient } from '../../engines/kinesis-client.ts';
import { checkAccounting } from './accounting.ts';
import { checkAggregates } from './aggregates.ts';
import { checkArchive, readArchive } from './archive.ts';
import type { Finding } from './finding.ts';
import { readFailures } from './read-failures.ts';
import { readDocuments } from './read-services.ts';
import { readKinesisStream, readTableStream } from './read-streams.ts';
import { readTable } from './read-tables.ts';
import type { RegionState } from './regions.ts';
import { checkSearch } from './search.ts';
import { live, type SourceRecord, type StoredItem } from './stored.ts';
import { checkWindows } from './windows.ts';

export interface RegionPlaces {
  readonly region: string;
  readonly endpoints: Readonly<Record<'dynamodb' | 'kinesis' | 's3' | 'opensearch', string>>;
  readonly bucket: string;
  readonly kinesisStream: string;
  /** Consumers of the region, with the last sequence number that each one's mapping has passed, by shard. */
  readonly positions: ReadonlyMap<string, ReadonlyMap<string, string>>;
  /** Counted on the way from here to the other region. */
  readonly sentBack: RegionState['sentBack'];
}

export interface CheckedRegion {
  readonly effects: readonly Finding[];
  readonly records: readonly Finding[];
  readonly table: RegionState;
  readonly kinesisRecords: readonly SourceRecord[];
  readonly ledger: readonly StoredItem[];
  /** Without tombstones. */
  readonly users: readonly StoredItem[];
  readonly deadLetters: number;
  readonly conflicts: number;
  readonly stampsAhead: number;
}

const streamConsumers = ['aggregates', 'replicator'];

export async function checkRegion(places: RegionPlaces): Promise<CheckedRegion> {
  const { region, positions } = places;
  const read = await readRegion(places);
  const { items, counters, tableRecords, kinesisRecords, documents, rows, archived, failures, conflicts } = read;
  const users = live(items);
  const here = (finding: Finding): Finding => ({ ...finding, consumer: `${finding.consumer} ${region}` });
  const consumers = [...positions.keys()];
  return {
    effects: [
      here(checkAggregates({ users, counters })),
      here(checkSearch({ users, documents })),
      here(
        checkWindows({
          records: kinesisRecords,
          rows,
          positions: positions.get('usage-analytics') ?? new Map(),
        }),
      ),
      here(checkArchive({ records: kinesisRecords, archived })),
    ],
    records: consumers.map((consumer) =>
      here(
        checkAccounting({
          consumer,
          records: streamConsumers.includes(consumer) ? tableRecords : kinesisRecords,
          positions: positions.get(consumer) ?? new Map(),
          ...failures(consumer),
        }),
      ),
    ),
    table: { name: region, items, records: tableRecords, conflicts, sentBack: places.sentBack },
    kinesisRecords,
    ledger: read.ledger,
    users,
    deadLetters: consumers.reduce((sum, consumer) => sum + failures(consumer).deadLetters.length, 0),
    conflicts: conflicts.length,
    stampsAhead: kinesisRecords.filter(isAheadOfItsArrival).length,
  };
}

async function readRegion({ endpoints, region, bucket, kinesisStream }: RegionPlaces) {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
  const streams = new DynamoDBStreamsClient({ endpoint: endpoints.dynamodb, region, credentials });
  const kinesis = createLocalKinesisClient({ endpoint: endpoints.kinesis, region });
  const s3 = new S3Client({ endpoint: endpoints.s3, region, credentials, forcePathStyle: true });
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'users' }));
    const [items, counters, ledger, conflicts, rows, tableRecords, kinesisRecords, documents, archived, failures] =
      await Promise.all([
        ...([
          readTable(dynamodb, 'users'),
          readTable(dynamodb, 'aggregates'),
          readTable(dynamodb, 'email-ledger'),
          readTable(dynamodb, 'replica-conflicts'),
          readTable(dynamodb, 'usage-windows'),
        ] as const),
        readTableStream(streams, Table?.LatestStreamArn ?? ''),
        readKinesisStream(kinesis, kinesisStream),
        readDocuments(endpoints.opensearch, 'users'),
        readArchive(s3, 'tributary-archive'),
        readFailures(s3, bucket),
      ]);
    return { items, counters, ledger, conflicts, rows, tableRecords, kinesisRecords, documents, archived, failures };
  } finally {
    for (const client of [dynamodb, streams, kinesis, s3]) client.destroy();
  }
}

/** A stamp later than the arrival of its own record is of a clock that is ahead: its first digits are its time. */
function isAheadOfItsArrival({ newStamp, oldStamp, arrivedAtMs = 0 }: SourceRecord): boolean {
  return newStamp !== undefined && newStamp !== oldStamp && Number(newStamp.slice(0, 13)) > arrivedAtMs;
}
