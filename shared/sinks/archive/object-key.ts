import type { DeliveredBatch } from '../../batch/sink.ts';
import { arrivalMs } from '../../change/arrival.ts';

/**
 * `archive/<stream>/<yyyy>/<mm>/<dd>/<hh>/<shard>/<first>-<last>.jsonl.gz`, by the hour (UTC) in which the first record
 * arrived: nothing but the batch itself is in it, so the same batch always has the same key.
 */
export function archiveKey({ streamArn, shardId, records }: DeliveredBatch): string {
  const hour = new Date(arrivalMs(records[0]?.raw) ?? 0).toISOString().slice(0, 13).replaceAll(/[-T]/g, '/');
  const sequenceNumber = (at: number) => records.at(at)?.position.sequenceNumber ?? 'none';
  const range = `${sequenceNumber(0)}-${sequenceNumber(-1)}`;
  return `archive/${streamName(streamArn)}/${hour}/${shardId ?? 'unnamed-shard'}/${range}.jsonl.gz`;
}

/** `users-changes` of `arn:aws:kinesis:eu-west-1:123456789012:stream/users-changes`. */
function streamName(streamArn: string): string {
  return streamArn.slice(streamArn.indexOf('/') + 1);
}
