import { type Attempt, attempt } from './attempt.ts';
import type { Batch, BatchRecord, RecordOutcome } from './batch.ts';
import { forEachBounded } from './bounded.ts';
import { deadlineNear } from './deadline.ts';
import type { EachSink, Outcome } from './sink.ts';

/**
 * Independent records: bounded concurrency, started in sequence order. A record that fails does not hold back the
 * others (they are found done when Lambda sends them again); near the deadline nothing new is started.
 */
export async function runEach<Request>(sink: EachSink<Request>, batch: Batch<Request>): Promise<void> {
  await forEachBounded(batch.records, sink.concurrency, async (record) => {
    batch.settle(record, await take(sink, batch, record));
  });
}

async function take<Request>(
  sink: EachSink<Request>,
  batch: Batch<Request>,
  record: BatchRecord<Request>,
): Promise<RecordOutcome> {
  const { reading } = record;
  if (reading.kind === 'filtered') return reading;
  const late = deadlineNear(batch.limits);
  if (late !== undefined) return { kind: 'retry', error: late };
  if (reading.kind === 'poison') return batch.bury(record, reading.error);
  const outcome = flatten(await attempt(() => sink.apply(reading, batch.limits)));
  return outcome.kind === 'poison' ? batch.bury(record, outcome.error) : outcome;
}

/** A sink may throw what it could have returned. */
function flatten(result: Attempt<Outcome>): Outcome {
  return result.kind === 'done' ? result.value : result;
}
