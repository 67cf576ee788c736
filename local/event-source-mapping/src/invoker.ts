import { unlessAborted } from './abandon.ts';
import type { MappingEvent } from './event.ts';
import type { InvocationOutcome } from './invocation.ts';
import type { Session } from './session.ts';
import type { SourceRecord } from './source.ts';
import { uuidFrom } from './uuid.ts';
import { judge, type Verdict } from './verdict.ts';

export interface Attempt {
  readonly shardId: string;
  readonly event: MappingEvent;
  readonly records: readonly SourceRecord[];
  readonly attempt: number;
}

/**
 * Invokes the function once and says what that means for the batch.
 *
 * @throws {AbandonedError} when the mapping stops meanwhile.
 */
export async function invokeOnce(
  session: Session,
  { shardId, event, records, attempt }: Attempt,
): Promise<{ readonly verdict: Verdict; readonly requestId: string }> {
  const { config, metrics, stop, tuning } = session;
  const requestId = uuidFrom(session.random);
  metrics.invoked += records.length;
  session.observe({ kind: 'invocation', requestId, attempt, event }, shardId);
  const outcome = await unlessAborted(stop, () => reach(session, event, requestId));
  const verdict = judge(outcome, records, {
    reportBatchItemFailures: config.reportBatchItemFailures,
    stateRequired: config.tumblingWindowMs > 0,
    ...tuning,
  });
  if (verdict.kind !== 'success') metrics.failed += records.length;
  session.observe({ kind: 'invocationEnded', requestId, outcome, verdict }, shardId);
  if (verdict.kind === 'success' && verdict.warning !== undefined) {
    session.observe({ kind: 'warning', requestId, message: verdict.warning }, shardId);
  }
  session.lastResult.value = verdict.kind === 'success' || verdict.kind === 'partial' ? 'OK' : 'PROBLEM';
  return { verdict, requestId };
}

async function reach(session: Session, event: MappingEvent, requestId: string): Promise<InvocationOutcome> {
  try {
    return await session.invoke(event, { requestId, signal: session.stop });
  } catch (error) {
    return { kind: 'notDelivered', reason: `The invocation failed before its outcome was known: ${error}` };
  }
}
