import type { Batch, BatchRecord, RecordOutcome } from './batch.ts';
import { forEachBounded } from './bounded.ts';
import { deadlineNear } from './deadline.ts';
import { FatalConfigError, type RetryableError } from './errors.ts';
import type { TumblingWindow, WindowSink, WindowState } from './sink.ts';

/** What one event of a tumbling window says besides its records. */
export interface WindowTurn extends TumblingWindow {
  /** As the invocation before returned it, `{}` in the first one. */
  readonly state: WindowState;
  /** The window ends with this invocation, in time or early. */
  readonly isClosing: boolean;
}

const deadLettersAtOnce = 8;

/**
 * Counts a batch into the state of its window, whole or not at all. Returns the state for the next invocation.
 *
 * The state has to cover exactly the records before the one that is reported, and AWS does not say which state a retry
 * gets after a partial response: the one that was sent, or the one that came back. So while any record is unresolved
 * the whole batch is: the first record is reported and the state returned as it came, which is the same under either
 * reading. Nothing is lost by it, because a window shows nothing before it ends.
 *
 * @throws what `close` throws: a window ends without records, so there is nothing to report for it. Lambda holds up the
 *   shard and ends the window again.
 * @see AWS Lambda Developer Guide, "Implementing stateful Kinesis stream processing in Lambda"
 */
export async function runWindow<Request>(
  sink: WindowSink<Request>,
  batch: Batch<Request>,
  window: WindowTurn | undefined,
): Promise<WindowState> {
  if (window === undefined) {
    throw new FatalConfigError(
      'configuration',
      'the event has no window, in which changes are counted: set TumblingWindowInSeconds on the event source mapping',
    );
  }
  const buried = await buryPoison(batch);
  const failure = firstUnresolved(buried);
  if (failure !== undefined) {
    for (const record of batch.records) batch.settle(record, { kind: 'retry', error: failure });
    return window.state;
  }
  const state = count(sink, batch, window.state);
  if (window.isClosing) await sink.close(window, state);
  for (const record of batch.records) batch.settle(record, outcomeOf(record, buried));
  return window.isClosing ? {} : state;
}

function count<Request>(sink: WindowSink<Request>, { records }: Batch<Request>, state: WindowState): WindowState {
  const entries = records.flatMap(({ reading }) => (reading.kind === 'entry' ? [reading] : []));
  return entries.length === 0 ? state : sink.fold(state, entries);
}

async function buryPoison<Request>(batch: Batch<Request>): Promise<ReadonlyMap<number, RecordOutcome>> {
  const outcomes = new Map<number, RecordOutcome>();
  await forEachBounded(batch.records, deadLettersAtOnce, async (record) => {
    if (record.reading.kind !== 'poison') return;
    const late = deadlineNear(batch.limits);
    const outcome = late ? { kind: 'retry' as const, error: late } : await batch.bury(record, record.reading.error);
    outcomes.set(record.index, outcome);
  });
  return outcomes;
}

function firstUnresolved(outcomes: ReadonlyMap<number, RecordOutcome>): RetryableError | undefined {
  for (const outcome of outcomes.values()) if (outcome.kind === 'retry') return outcome.error;
  return undefined;
}

function outcomeOf<Request>(
  { index, reading }: BatchRecord<Request>,
  buried: ReadonlyMap<number, RecordOutcome>,
): RecordOutcome {
  return buried.get(index) ?? { kind: reading.kind === 'entry' ? 'applied' : 'filtered' };
}
