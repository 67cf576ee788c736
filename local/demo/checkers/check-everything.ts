/** Reads every place where the pipeline leaves something, through plain clients on the engines, and checks it all. */
import { DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBStreamsClient } from '@aws-sdk/client-dynamodb-streams';
import { S3Client } from '@aws-sdk/client-s3';
import { createLocalKinesisClient } from '../../engines/kinesis-client.ts';
import { type AccountingState, checkAccounting } from './accounting.ts';
import { checkAggregates } from './aggregates.ts';
import { checkEmail } from './email.ts';
import type { Finding } from './finding.ts';
import { readFailures } from './read-failures.ts';
import { readDocuments, readOutbox } from './read-services.ts';
import { readKinesisStream, readTableStream } from './read-streams.ts';
import { readTable } from './read-tables.ts';
import { checkSearch } from './search.ts';
import type { SourceRecord } from './stored.ts';

export interface CheckedPlaces {
  readonly endpoints: Readonly<Record<'dynamodb' | 'kinesis' | 's3' | 'ses' | 'opensearch', string>>;
  readonly region: string;
  readonly bucket: string;
  readonly kinesisStream: string;
  /** Last sequence number that each consumer's mapping has passed, by shard. */
  readonly positions: (consumer: string) => ReadonlyMap<string, string>;
}

export interface Checked {
  readonly effects: readonly Finding[];
  readonly records: readonly Finding[];
  /** What the Kinesis stream held more than once, and how many dead letters there are: evidence of faults. */
  readonly repeatedRecords: number;
  readonly deadLetters: number;
}

const usersTable = 'users';
const countersTable = 'aggregates';
const ledgerTable = 'email-ledger';
const searchAlias = 'users';

export async function checkEverything(places: CheckedPlaces): Promise<Checked> {
  const { endpoints, region, bucket, kinesisStream } = places;
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const dynamodb = new DynamoDBClient({ endpoint: endpoints.dynamodb, region, credentials });
  const streams = new DynamoDBStreamsClient({ endpoint: endpoints.dynamodb, region, credentials });
  const kinesis = createLocalKinesisClient({ endpoint: endpoints.kinesis, region });
  const s3 = new S3Client({ endpoint: endpoints.s3, region, credentials, forcePathStyle: true });
  try {
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: usersTable }));
    const [users, counters, ledger, tableRecords, kinesisRecords, documents, outbox, failures] = await Promise.all([
      readTable(dynamodb, usersTable),
      readTable(dynamodb, countersTable),
      readTable(dynamodb, ledgerTable),
      readTableStream(streams, Table?.LatestStreamArn ?? ''),
      readKinesisStream(kinesis, kinesisStream),
      readDocuments(endpoints.opensearch, searchAlias),
      readOutbox(endpoints.ses),
      readFailures(s3, bucket),
    ]);
    const account = (consumer: AccountingState['consumer'], records: readonly SourceRecord[]) =>
      checkAccounting({ consumer, records, positions: places.positions(consumer), ...failures(consumer) });
    const consumers = ['aggregates', 'search-index', 'welcome-email'] as const;
    return {
      effects: [
        checkAggregates({ users, counters }),
        checkSearch({ users, documents }),
        checkEmail({ records: kinesisRecords, outbox, ledger }),
      ],
      records: consumers.map((consumer) =>
        account(consumer, consumer === 'aggregates' ? tableRecords : kinesisRecords),
      ),
      repeatedRecords: kinesisRecords.length - new Set(kinesisRecords.map(({ eventId }) => eventId)).size,
      deadLetters: consumers.reduce((sum, consumer) => sum + failures(consumer).deadLetters.length, 0),
    };
  } finally {
    for (const client of [dynamodb, streams, kinesis, s3]) client.destroy();
  }
}
