import { KinesisClient, type PutRecordsInput, type PutRecordsOutput } from '@aws-sdk/client-kinesis';
import { expect, test } from 'vitest';
import type { KinesisRecord } from './kinesis-record.ts';
import { batchesOf, createKinesisWriter, exceedsRecordLimit } from './kinesis-writer.ts';

const record = (name: string, bytes = 10): KinesisRecord => ({
  partitionKey: name.padStart(32, '0'),
  data: Buffer.alloc(bytes),
});

/** A client whose calls are answered in turn, by a reply for each or an error; it notes the keys of each call. */
function scriptedClient(answers: ((keys: string[]) => PutRecordsOutput['Records'])[]) {
  const calls: string[][] = [];
  const client = new KinesisClient({ region: 'eu-west-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  client.middlewareStack.add(
    () => async (args) => {
      const keys = ((args.input as PutRecordsInput).Records ?? []).map(({ PartitionKey = '' }) =>
        PartitionKey.replace(/^0+/, ''),
      );
      calls.push(keys);
      const answer = answers.shift() ?? ((all) => all.map(() => ({ SequenceNumber: '1' })));
      return { response: undefined, output: { $metadata: {}, Records: answer(keys) } };
    },
    { step: 'initialize', priority: 'high' },
  );
  return { client, calls };
}

function writerFor(client: KinesisClient, controller = new AbortController()) {
  const errors: string[] = [];
  const onError = (error: Error) => void errors.push(error.message);
  const writer = createKinesisWriter({ kinesis: client, streamName: 'changes', signal: controller.signal, onError });
  return { writer, errors, controller };
}

test('only the records that were refused are sent again', async () => {
  const refuseSecond = (keys: string[]) =>
    keys.map((_, index) => (index === 1 ? { ErrorCode: 'InternalFailure' } : { SequenceNumber: '1' }));
  const { client, calls } = scriptedClient([refuseSecond]);
  const { writer, errors } = writerFor(client);

  await writer.put([record('a'), record('b'), record('c')]);

  expect(calls).toEqual([['a', 'b', 'c'], ['b']]);
  expect(errors).toEqual(['Kinesis stream changes refused 1 of 3 records: InternalFailure']);
});

test('a call that fails is repeated whole', async () => {
  const fail = () => {
    throw new Error('connection reset');
  };
  const { client, calls } = scriptedClient([fail, fail]);
  const { writer, errors } = writerFor(client);

  await writer.put([record('a'), record('b')]);

  expect(calls).toEqual([
    ['a', 'b'],
    ['a', 'b'],
    ['a', 'b'],
  ]);
  expect(errors).toHaveLength(2);
});

test('an abort ends the retries', async () => {
  const { client } = scriptedClient([]);
  const { writer, controller } = writerFor(client);
  controller.abort();

  await expect(writer.put([record('a')])).rejects.toThrow('aborted');
});

test('calls hold at most 500 records and 5 MiB, in order', () => {
  const many = Array.from({ length: 1_100 }, (_, index) => record(`r${index}`));
  const large = Array.from({ length: 11 }, (_, index) => record(`l${index}`, 1_000_000));

  expect(batchesOf(many).map((batch) => batch.length)).toEqual([500, 500, 100]);
  expect(batchesOf(many).flat()).toEqual(many);
  expect(batchesOf(large).map((batch) => batch.length)).toEqual([5, 5, 1]);
  expect(batchesOf([])).toEqual([]);
});

test('the record limit of 1 MiB counts the partition key', () => {
  expect(exceedsRecordLimit(record('a', 1024 * 1024 - 32))).toBe(false);
  expect(exceedsRecordLimit(record('a', 1024 * 1024 - 31))).toBe(true);
});
