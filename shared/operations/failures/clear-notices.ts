import { isPipelineError } from '../../batch/errors.ts';
import { getDeadLetter } from '../../runtime/dead-letters.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import type { ReceivedMessage } from '../../services/sqs/port.ts';
import type { TargetRegion } from '../target.ts';

/**
 * Takes the notices of dead letters that nobody has to look at any more out of the queue, whose age is an alarm; the
 * others go back when all have been read. Answers how many were taken out.
 */
export async function clearNotices({ failures, notices }: Pick<TargetRegion, 'failures' | 'notices'>): Promise<number> {
  const kept: ReceivedMessage[] = [];
  const known = new Set<string>();
  let cleared = 0;
  try {
    for (let page = await notices.receive(); page.length > 0; page = await notices.receive()) {
      // The queue hides what it gives out for two minutes: where reading takes longer, the first ones come back.
      if (page.every(({ body }) => known.has(body))) {
        kept.push(...page);
        break;
      }
      for (const message of page) {
        known.add(message.body);
        const key = keyIn(message.body);
        // What is no notice of ours is not ours to remove.
        if (key === undefined || (await isPending(failures, key))) {
          kept.push(message);
          continue;
        }
        await notices.remove(message);
        cleared += 1;
      }
    }
  } finally {
    // Those of which the time is over are back already, the others come back when it is.
    for (const message of kept) await notices.release(message).catch(() => undefined);
  }
  return cleared;
}

/** One that cannot be read is somebody's work still. */
async function isPending(failures: ObjectStore, key: string): Promise<boolean> {
  try {
    return (await getDeadLetter(failures, key))?.state === 'pending';
  } catch (error) {
    if (isPipelineError(error)) return true;
    throw error;
  }
}

function keyIn(body: string): string | undefined {
  try {
    const notice: unknown = JSON.parse(body);
    const isNotice = typeof notice === 'object' && notice !== null && 'key' in notice;
    const key = isNotice ? notice.key : undefined;
    return typeof key === 'string' && key.startsWith('dead-letters/') ? key : undefined;
  } catch {
    return undefined;
  }
}
