import { isPipelineError } from '../../batch/errors.ts';
import type { StreamConsumerDefinition } from '../../runtime/consumer-definition.ts';
import type { OperatedConsumer } from '../operated-services.ts';
import type { CreateHandler, Redrive } from './redrive.ts';
import { oneByOne, orUnresolved } from './trouble.ts';
import type { FailedRecord, Verdict, VerdictKind } from './verdict.ts';

const kinds: readonly VerdictKind[] = ['applied', 'duplicate', 'stale', 'filtered', 'deadLettered'];

/**
 * Redrives through the consumer's own handler, for sinks that take each record whenever it comes: by version, by a
 * ledger, or under a name made of the record. Records go one by one, so that each has its own verdict.
 */
export function throughHandler(definition: StreamConsumerDefinition, create: CreateHandler) {
  return (operated: OperatedConsumer): Redrive => {
    const handler = create(operated.services);
    const deliver = async (failed: readonly FailedRecord[]): Promise<Verdict> => {
      operated.takeOutcomes();
      const event = { Records: failed.map(({ record }) => record) };
      const context = { awsRequestId: 'redrive', getRemainingTimeInMillis: () => definition.timeoutS * 1000 };
      try {
        await handler(event, context);
      } catch (error) {
        // Its own words are in a log that an operator does not have.
        if (isPipelineError(error) && error.disposition === 'retry') return notTaken;
        throw error;
      }
      const outcomes = operated.takeOutcomes();
      const kind = kinds.find((one) => (outcomes.get(one) ?? 0) > 0);
      if ((outcomes.get('retried') ?? 0) > 0 || kind === undefined) return notTaken;
      return kind === 'deadLettered' ? { kind, reason: 'its dead letter says why' } : { kind };
    };
    const each = (failed: readonly FailedRecord[]) => oneByOne(failed, (one) => deliver([one]));
    return {
      records: each,
      batch:
        definition.strategy === 'whole'
          ? async (failed) => {
              const verdict = await orUnresolved(() => deliver(failed));
              return failed.map(() => verdict);
            }
          : each,
    };
  };
}

const notTaken: Verdict = { kind: 'unresolved', reason: 'its destination did not take it: redrive it again' };

/** Counts by the arrival of records: their windows are closed, and nothing is added to them later. */
export function windowsAreClosed(): Redrive {
  const refuse = async (failed: readonly FailedRecord[]): Promise<readonly Verdict[]> =>
    failed.map(() => ({
      kind: 'unsupported',
      reason: 'it is counted by its arrival, in a window that is closed: discard it',
    }));
  return { records: refuse, batch: refuse };
}
