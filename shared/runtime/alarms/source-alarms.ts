import type { AlarmDefinition } from './alarm-definition.ts';

const dynamodb = 'AWS/DynamoDB';
const kinesis = 'AWS/Kinesis';

/** Its second dimension is documented by name only, and an alarm on a metric has to name every value. */
const kinesisDestination = ['TableName', 'DelegatedOperation'] as const;

/**
 * The way from the table to the consumers.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Best_Practice_Recommended_Alarms_AWS_Services.html
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_using-shards-and-metrics.html
 */
export const sourceAlarms = {
  'kinesis-destination-failed': {
    per: 'sourceTable',
    watches: {
      kind: 'query',
      namespace: dynamodb,
      metric: 'FailedToReplicateRecordCount',
      statistic: 'SUM',
      dimensions: kinesisDestination,
    },
    fires: 'above',
    threshold: 0,
    periodS: 300,
    points: 1,
    whenMissing: 'fine',
    severity: 'page',
    meaning: 'DynamoDB left out changes that are larger than a Kinesis record: search and archive never see them.',
    action: 'Find large items that changed at that time, make them smaller, and write them once more.',
  },
  'kinesis-destination-throttled': {
    per: 'sourceTable',
    watches: {
      kind: 'query',
      namespace: dynamodb,
      metric: 'ThrottledPutRecordCount',
      statistic: 'MAX',
      dimensions: kinesisDestination,
    },
    fires: 'above',
    threshold: 0,
    periodS: 60,
    points: 10,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'The Kinesis stream takes changes more slowly than the table makes them; DynamoDB repeats them.',
    action: 'Give the stream more shards, or on-demand capacity.',
  },
  'kinesis-destination-age': {
    per: 'sourceTable',
    watches: {
      kind: 'query',
      namespace: dynamodb,
      metric: 'AgeOfOldestUnreplicatedRecord',
      statistic: 'MAX',
      dimensions: kinesisDestination,
    },
    fires: 'above',
    threshold: 60_000,
    periodS: 60,
    points: 5,
    whenMissing: 'fine',
    severity: 'page',
    userVisible: true,
    meaning: 'Changes have waited for more than a minute to get from the table into the Kinesis stream.',
    action: 'Look at the table’s Kinesis destination, the stream’s capacity, and the key it is encrypted with.',
  },
  'kinesis-write-throttled': {
    per: 'kinesisStream',
    watches: { kind: 'aws', namespace: kinesis, metric: 'WriteProvisionedThroughputExceeded', statistic: 'Sum' },
    fires: 'above',
    threshold: 0,
    periodS: 60,
    points: 5,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'A shard of the Kinesis stream gets more than it takes: 1 MB or 1,000 records a second.',
    action: 'Give the stream more shards, or on-demand capacity; look for one item that is written all the time.',
  },
  'kinesis-read-throttled': {
    per: 'kinesisStream',
    watches: { kind: 'aws', namespace: kinesis, metric: 'ReadProvisionedThroughputExceeded', statistic: 'Sum' },
    fires: 'above',
    threshold: 0,
    periodS: 60,
    points: 5,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'The readers of a shard together want more than its five reads or 2 MB a second.',
    action: 'Look for a reader that is not ours; give the slowest consumer enhanced fan-out.',
  },
  'transaction-conflicts': {
    per: 'table',
    watches: { kind: 'aws', namespace: dynamodb, metric: 'TransactionConflict', statistic: 'Sum' },
    fires: 'above',
    threshold: 100,
    periodS: 300,
    points: 3,
    whenMissing: 'fine',
    severity: 'ticket',
    meaning: 'Transactions on one item keep refusing each other; they are repeated, which takes time.',
    action: 'Find the item that many write at once; with aggregates, whether shards share a slice of a counter.',
  },
} as const satisfies Record<string, AlarmDefinition>;
