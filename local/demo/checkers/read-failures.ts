/** Sorts the objects of the failure bucket into dead letters and failure objects, per consumer. */
import type { S3Client } from '@aws-sdk/client-s3';
import type { RecordPlace, RecordRange } from './accounting.ts';
import { readJsonObjects } from './read-services.ts';

export interface Failures {
  readonly deadLetters: readonly RecordPlace[];
  readonly failureObjects: readonly RecordRange[];
}

/** Answers what is kept for one consumer. @throws {Error} for an object that is neither, naming it. */
export async function readFailures(client: S3Client, bucket: string): Promise<(consumer: string) => Failures> {
  const objects = (await readJsonObjects(client, { bucket, prefix: '' })).map(({ key, content }) => {
    const known = asDeadLetter(content) ?? asFailureObject(content);
    if (known === undefined) throw new Error(`The object ${key} is neither a dead letter nor a failure object`);
    return known;
  });
  return (consumer) => {
    const own = objects.filter((object) => object.consumer === consumer);
    return {
      deadLetters: own.flatMap((object) => ('sequenceNumber' in object ? object : [])),
      failureObjects: own.flatMap((object) => ('first' in object ? object : [])),
    };
  };
}

interface StoredDeadLetter {
  readonly consumer: string;
  readonly position: RecordPlace;
}

function asDeadLetter(content: unknown): (RecordPlace & { consumer: string }) | undefined {
  if (typeof content !== 'object' || content === null || !('position' in content)) return undefined;
  const { consumer, position } = content as StoredDeadLetter;
  return { consumer, shardId: position.shardId, sequenceNumber: position.sequenceNumber };
}

interface BatchInfo {
  readonly shardId: string;
  readonly startSequenceNumber: string;
  readonly endSequenceNumber: string;
}

function asFailureObject(content: unknown): (RecordRange & { consumer: string }) | undefined {
  if (typeof content !== 'object' || content === null) return undefined;
  const { requestContext, DDBStreamBatchInfo, KinesisBatchInfo } = content as {
    requestContext?: { functionArn: string };
    DDBStreamBatchInfo?: BatchInfo;
    KinesisBatchInfo?: BatchInfo;
  };
  const batch = DDBStreamBatchInfo ?? KinesisBatchInfo;
  if (requestContext === undefined || batch === undefined) return undefined;
  // arn:aws:lambda:<region>:<account>:function:<name>:<version>
  const consumer = requestContext.functionArn.split(':')[6] ?? '';
  return { consumer, shardId: batch.shardId, first: batch.startSequenceNumber, last: batch.endSequenceNumber };
}
