import { unlessAborted } from './abandon.ts';
import type { BatchStep } from './batch-run.ts';
import { isFifo } from './destination.ts';
import type { MappingEvent } from './event.ts';
import { failureDelivery } from './failure-document.ts';
import type { Session } from './session.ts';
import { uuidFrom } from './uuid.ts';

type DiscardStep = Omit<Extract<BatchStep, { kind: 'discard' }>, 'kind'>;

/**
 * Gives records up: to the failure destination where there is one, and otherwise to nobody. A delivery that fails
 * loses them too, as on AWS: the loss is counted and the shard goes on.
 *
 * @throws {AbandonedError} when the mapping stops meanwhile.
 */
export async function discard(
  session: Session,
  given: DiscardStep & { shardId: string; event: MappingEvent; requestId: string | undefined },
): Promise<void> {
  const { config, source, metrics, stop } = session;
  const { records, condition, shardId } = given;
  const sequenceNumbers = records.map(({ sequenceNumber }) => sequenceNumber);
  session.observe({ kind: 'discarded', condition, sequenceNumbers }, shardId);
  const { destination } = config;
  if (destination === undefined) {
    metrics.dropped += records.length;
    return;
  }
  const delivery = failureDelivery(
    { config, source, destination },
    {
      ...given,
      requestId: given.requestId ?? uuidFrom(session.random),
      objectId: uuidFrom(session.random),
      nowMs: session.clock.nowMs(),
    },
  );
  const error = isFifo(destination)
    ? new Error(`${destination.arn} is a FIFO destination: Lambda delivers to standard queues and topics only.`)
    : await unlessAborted(stop, () => session.deliver(delivery).then(() => undefined, asError));
  if (error === undefined) {
    metrics.delivered += records.length;
    return session.observe({ kind: 'delivered', delivery }, shardId);
  }
  metrics.dropped += records.length;
  metrics.deliveryFailures += 1;
  session.observe({ kind: 'deliveryFailed', delivery, error }, shardId);
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}
