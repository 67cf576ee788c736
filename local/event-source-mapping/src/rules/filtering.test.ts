import { describe, expect, it } from 'vitest';
import type { SourceRecord } from '../source.ts';
import { kinesisRecord } from '../sources/kinesis.ts';
import { inserts, KINESIS_ARN, START_MS, scenario } from '../testing/scenario.ts';

const criteria = (pattern: object) => ({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } });
const odd = criteria({ dynamodb: { Keys: { id: { S: [{ suffix: '1' }, { suffix: '3' }, { suffix: '5' }] } } } });

function kinesis(sequenceNumber: string, body: string): SourceRecord {
  const raw = { SequenceNumber: sequenceNumber, Data: Buffer.from(body), PartitionKey: 'any' };
  return kinesisRecord(
    { ...raw, ApproximateArrivalTimestamp: new Date(START_MS) },
    { streamArn: KINESIS_ARN, shardId: 'shard', region: 'eu-west-1', invokeIdentityArn: 'arn:aws:iam::1:role/any' },
  );
}

describe('a mapping with filters', () => {
  it('[filter-before-batch] fills its batches with matching records', async () => {
    const play = await scenario({ records: inserts(1, 9), mapping: { ...odd, BatchSize: 2 } });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual(['1,3', '5']);
  });

  it('[filter-before-batch] lets only matching records end the wait for the batching window', async () => {
    const mapping = { ...odd, BatchSize: 3, MaximumBatchingWindowInSeconds: 10 };
    const play = await scenario({ records: inserts(1, 4), mapping });
    await play.clock.advance(9000);
    expect(play.batches()).toEqual([]);
    await play.clock.advance(2000);
    expect(play.batches()).toEqual(['1,3']);
  });

  it('[filter-all-advances] moves on over records of which none matches, without an invocation', async () => {
    const play = await scenario({ records: inserts(6, 9), mapping: odd });
    await play.clock.advance(1000);
    expect(play.batches()).toEqual([]);
    expect(play.run.status().shards[0]?.checkpoint).toBe('9');
    expect(play.of('checkpoint').at(-1)?.position).toMatchObject({ sequenceNumber: '9' });
  });

  it('[filter-kinesis-original] hands over the data as it was', async () => {
    const body = ' {"state" : "paid"} ';
    const records = [kinesis('1', body), kinesis('2', '{"state":"open"}')];
    const play = await scenario({ kind: 'kinesis', records, mapping: criteria({ data: { state: ['paid'] } }) });
    await play.clock.advance(2000);
    const [record] = play.events().flatMap(({ Records }) => Records);
    expect(record).toMatchObject({ kinesis: { data: Buffer.from(body).toString('base64') } });
    expect(play.batches()).toEqual(['1']);
  });

  it('[filter-kinesis-table-stream] finds the changes of a table in a Kinesis stream under data', async () => {
    const change = (eventName: string) =>
      JSON.stringify({
        ...{ awsRegion: 'eu-west-1', eventID: 'a', eventName, userIdentity: null, recordFormat: 'application/json' },
        ...{ tableName: 'orders', eventSource: 'aws:dynamodb' },
        dynamodb: { ApproximateCreationDateTime: START_MS, Keys: { id: { S: '1' } }, SizeBytes: 3 },
      });
    const records = [kinesis('1', change('REMOVE')), kinesis('2', change('INSERT'))];
    const mapping = criteria({ data: { eventName: ['INSERT'], dynamodb: { Keys: { id: { S: ['1'] } } } } });
    const play = await scenario({ kind: 'kinesis', records, mapping });
    await play.clock.advance(2000);
    expect(play.batches()).toEqual(['2']);
  });
});
