// A project of its own that depends on this package and on nothing else.
import {
  dynamoDbStreamsSource,
  InvalidMappingError,
  MappingService,
  type MappingServiceOptions,
  matchFilter,
  simulateMapping,
  type Transcript,
  validateFilter,
} from '@tributary/event-source-mapping';

const streamArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/orders/stream/2026-01-01T00:00:00.000';
const pattern = JSON.stringify({ dynamodb: { NewImage: { state: { S: ['paid'] } } } });
const order = (id: string, state: string) => ({
  keys: { id: { S: id } },
  newImage: { id: { S: id }, state: { S: state } },
});

const transcript: Transcript = await simulateMapping({
  mapping: {
    EventSourceArn: streamArn,
    FunctionName: 'orders',
    StartingPosition: 'TRIM_HORIZON',
    ParallelizationFactor: 2,
    FilterCriteria: { Filters: [{ Pattern: pattern }] },
  },
  shards: [{ shardId: 'shard', records: [order('a', 'paid'), order('b', 'open'), order('c', 'paid')], closed: true }],
  handler: ({ Records }) => {
    if (!Records.every((record) => matchFilter(pattern, record))) throw new Error('An order that is not paid.');
  },
});
const { processed, filteredOut } = transcript.metrics;
process.stdout.write(`${processed} processed, ${filteredOut} filtered out\n`);
process.stdout.write(`${validateFilter('{"dynamodb":"paid"}')?.message}\n`);

const options: Pick<MappingServiceOptions, 'source'> = {
  source: () => {
    const unavailable = () => Promise.reject(new Error('not here'));
    const client = { describeStream: unavailable, getShardIterator: unavailable, getRecords: unavailable };
    return dynamoDbStreamsSource({ client, streamArn, region: 'eu-west-1' });
  },
};
process.stdout.write(`${typeof MappingService} ${options.source(streamArn)?.kind} ${InvalidMappingError.name}\n`);
