import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type RecordedBatch, writeBatchFile } from '../batch/recorded-batch.ts';
import { readBatches } from './batch-file.ts';

const streamArn = 'arn:aws:dynamodb:eu-west-1:000000000000:table/users/stream/2026-01-01T00:00:00.000';
const record = {
  eventID: '1',
  eventName: 'INSERT',
  eventSource: 'aws:dynamodb',
  eventSourceARN: streamArn,
  dynamodb: { Keys: { id: { S: 'u-1' } }, SequenceNumber: '111' },
};
const kinesisRecord = {
  eventID: 'shardId-000000000000:222',
  eventSource: 'aws:kinesis',
  eventSourceARN: 'arn:aws:kinesis:eu-west-1:000000000000:stream/users',
  kinesis: { sequenceNumber: '222', data: 'e30=' },
};
const batch: RecordedBatch = {
  header: { source: 'stream', streamArn, shardId: 'shard-1', mapping: 'aggregates', redaction: 'none' },
  records: [{ arrivedAt: '2026-01-01T00:00:01.000Z', record }],
};
const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));
const onFailure = (payload: unknown) => ({
  version: '1.0',
  requestContext: { condition: 'RetryAttemptsExhausted' },
  DDBStreamBatchInfo: {
    shardId: 'shard-7',
    startSequenceNumber: '111',
    endSequenceNumber: '111',
    batchSize: 1,
    streamArn,
  },
  payload,
});

describe('batch file', () => {
  it('reads what it wrote, plain and gzipped', () => {
    const text = writeBatchFile(batch);
    expect(readBatches(bytes(text))).toEqual([batch]);
    expect(readBatches(gzipSync(text))).toEqual([batch]);
  });

  it.each([
    { form: 'a Lambda event', document: { Records: [record] }, shardId: undefined },
    { form: 'a window event, with its shard', document: { Records: [record], shardId: 'shard-3' }, shardId: 'shard-3' },
    {
      form: 'an on-failure document with an escaped payload',
      document: onFailure(JSON.stringify({ Records: [record] })),
      shardId: 'shard-7',
    },
    {
      form: 'an on-failure document with an object as payload',
      document: onFailure({ Records: [record] }),
      shardId: 'shard-7',
    },
    {
      form: 'a dead letter',
      document: { consumer: 'aggregates', position: { shardId: 'shard-2' }, record },
      shardId: 'shard-2',
    },
    {
      form: 'the answer of ReceiveMessage',
      document: { Messages: [{ Body: JSON.stringify(onFailure({ Records: [record] })) }] },
      shardId: 'shard-7',
    },
    {
      form: 'a Lambda event of SQS messages',
      document: { Records: [{ eventSource: 'aws:sqs', body: JSON.stringify({ Records: [record] }) }] },
      shardId: undefined,
    },
  ])('reads $form', ({ document, shardId }) => {
    const [read] = readBatches(bytes(document));
    expect(read?.records).toEqual([{ record }]);
    expect(read?.header.streamArn).toBe(streamArn);
    expect(read?.header.shardId).toBe(shardId);
  });

  it('takes the shard of a Kinesis event from its event identifiers', () => {
    expect(readBatches(bytes({ Records: [kinesisRecord] }))[0]?.header).toEqual({
      source: 'kinesis',
      streamArn: kinesisRecord.eventSourceARN,
      shardId: 'shardId-000000000000',
      redaction: 'none',
    });
  });

  it.each([
    { problem: 'text', content: 'hello', message: /The file is not JSON/ },
    { problem: 'JSON without records', content: '{"a":1}', message: /holds no stream records.*Accepted/ },
    {
      problem: 'a newer format',
      content: '{"format":"tributary-batch","version":2}\n',
      message: /version 2 is not known/,
    },
    { problem: 'a broken line', content: `${writeBatchFile(batch)}{"record":`, message: /Line 3 is not JSON/ },
    {
      problem: 'a line without a record',
      content: `${writeBatchFile(batch)}{"x":1}`,
      message: /Line 3 has no "record"/,
    },
    {
      problem: 'an on-failure document without payload',
      content: onFailure(undefined),
      message: /no "payload".*111 to 111/,
    },
  ])('says what is wrong with $problem', ({ content, message }) => {
    expect(() => readBatches(bytes(content))).toThrowError(message);
  });

  it('says that a gzip file is cut off', () => {
    expect(() => readBatches(gzipSync(writeBatchFile(batch)).subarray(0, 40))).toThrowError(/cut off or damaged/);
  });
});
