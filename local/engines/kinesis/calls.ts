/** The calls that the embedded Kinesis has. All others are refused, never half done. */
import { describeStream, describeStreamSummary, listShards } from './describe.ts';
import { invalidField, KinesisError } from './error.ts';
import { getRecords, getShardIterator } from './get.ts';
import { type Input, number, optionalText, refuseOthers, text } from './input.ts';
import { putRecord, putRecords } from './put.ts';
import { mergeShards, splitShard } from './reshard.ts';
import type { Stream } from './stream-definitions.ts';
import type { Streams } from './streams.ts';

interface Call {
  readonly fields: readonly string[];
  answer(input: Input, around: { streams: Streams; region: string; nowMs: number }): object | string;
}

const stream = ['StreamName', 'StreamARN'];
const mostShards = 10_000;

const calls: Readonly<Record<string, Call>> = {
  CreateStream: {
    fields: ['StreamName', 'ShardCount', 'StreamModeDetails'],
    answer: (input, { streams, region }) => {
      const name = text(input, 'StreamName');
      if (!/^[\w.-]{1,128}$/.test(name)) throw invalidField(`StreamName ${name} has other than letters, digits, _ . -`);
      // What AWS gives an on-demand stream to begin with.
      streams.create({
        region,
        name,
        shards: number(input, 'ShardCount', { least: 1, most: mostShards, otherwise: 4 }),
      });
      return {};
    },
  },
  DeleteStream: {
    fields: [...stream, 'EnforceConsumerDeletion'],
    answer: (input, around) => {
      around.streams.remove(streamOf(input, around).key);
      return {};
    },
  },
  DescribeStream: {
    fields: [...stream, 'Limit', 'ExclusiveStartShardId'],
    answer: (input, around) => describeStream(streamOf(input, around), input),
  },
  DescribeStreamSummary: {
    fields: stream,
    answer: (input, around) => describeStreamSummary(streamOf(input, around)),
  },
  GetRecords: {
    fields: ['ShardIterator', 'Limit', 'StreamARN'],
    answer: (input, { streams, nowMs }) => getRecords(streams, input, nowMs),
  },
  GetShardIterator: {
    fields: [...stream, 'ShardId', 'ShardIteratorType', 'StartingSequenceNumber', 'Timestamp'],
    answer: (input, around) => getShardIterator(around.streams, streamOf(input, around), input, around.nowMs),
  },
  ListShards: {
    fields: [...stream, 'NextToken', 'ExclusiveStartShardId', 'MaxResults'],
    answer: (input, around) => {
      const token = optionalText(input, 'NextToken')?.split(' ')[0];
      return listShards(token === undefined ? streamOf(input, around) : around.streams.find(token), input);
    },
  },
  ListStreams: {
    fields: [],
    answer: (_, { streams, region }) => ({ StreamNames: [...streams.names(region)].sort(), HasMoreStreams: false }),
  },
  MergeShards: {
    fields: [...stream, 'ShardToMerge', 'AdjacentShardToMerge'],
    answer: (input, around) => mergeShards(around.streams, streamOf(input, around), input),
  },
  PutRecord: {
    fields: [...stream, 'Data', 'PartitionKey', 'ExplicitHashKey', 'SequenceNumberForOrdering'],
    answer: (input, around) => putRecord(around.streams, streamOf(input, around), input),
  },
  PutRecords: {
    fields: [...stream, 'Records'],
    answer: (input, around) => putRecords(around.streams, streamOf(input, around), input),
  },
  SplitShard: {
    fields: [...stream, 'ShardToSplit', 'NewStartingHashKey'],
    answer: (input, around) => splitShard(around.streams, streamOf(input, around), input),
  },
};

/**
 * Answers the reply's body.
 *
 * @param name such as `PutRecords`
 * @throws {KinesisError} as Kinesis would refuse
 */
export function answerCall(
  { name, input }: { readonly name: string; readonly input: Input },
  around: { readonly streams: Streams; readonly region: string; readonly nowMs: number },
): string {
  const call = Object.hasOwn(calls, name) ? calls[name] : undefined;
  if (call === undefined) {
    const known = Object.keys(calls).join(', ');
    throw new KinesisError('UnknownOperationException', `The embedded Kinesis has ${known}; ${name} it does not have.`);
  }
  refuseOthers(input, call.fields);
  const answered = call.answer(input, around);
  return typeof answered === 'string' ? answered : JSON.stringify(answered);
}

function streamOf(input: Input, { streams, region }: { streams: Streams; region: string }): Stream {
  const arn = optionalText(input, 'StreamARN');
  if (arn === undefined) return streams.find(`${region}/${text(input, 'StreamName')}`);
  const [, , , arnRegion, , path = ''] = arn.split(':');
  return streams.find(`${arnRegion}/${path.replace(/^stream\//, '')}`);
}
