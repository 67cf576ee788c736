import type { Batch, BatchRecord } from './batch.ts';
import { FatalConfigError, InvariantError } from './errors.ts';
import { RangeRun } from './range-run.ts';
import type { RangeSink, ShardIdentity } from './sink.ts';

/**
 * Serial cuts from the head of one shard; the first unresolved record ends the batch, because a record that commits
 * after it would make it look done when it comes again. A batch without any request or poison asks the sink nothing.
 */
export async function runRange<Request>(sink: RangeSink<Request>, batch: Batch<Request>): Promise<void> {
  if (batch.records.every(({ reading }) => reading.kind === 'filtered')) {
    for (const record of batch.records) batch.settle(record, { kind: 'filtered' });
    return;
  }
  const shard = shardOf(batch.records);
  const run = new RangeRun({ sink, batch, shard });
  const failure = await run.toEnd();
  if (failure === undefined) return;
  for (const record of run.rest) batch.settle(record, { kind: 'retry', error: failure });
}

function shardOf<Request>(records: readonly BatchRecord<Request>[]): ShardIdentity {
  const [first] = records;
  if (first === undefined) throw new InvariantError('invariant', 'an empty batch has no shard');
  const { streamArn, shardId } = first.position;
  if (shardId === undefined) {
    throw new FatalConfigError(
      'configuration',
      'the event names no shard, which a position needs: set TumblingWindowInSeconds on the event source mapping',
    );
  }
  if (records.some(({ position }) => position.streamArn !== streamArn || position.shardId !== shardId)) {
    throw new InvariantError('invariant', 'the records of a batch come from several shards');
  }
  return { streamArn, shardId };
}
