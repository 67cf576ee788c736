import { expect, it } from 'vitest';
import { deadLetterStore } from '../../runtime/dead-letters.ts';
import { objectStoreTwin } from '../../services/s3/twin.ts';
import type { ReceivedMessage } from '../../services/sqs/port.ts';
import { queueTwin } from '../../services/sqs/twin.ts';
import { clearNotices } from './clear-notices.ts';

it('comes to an end when notices come back before all have been read', async () => {
  const [failures, notices] = [objectStoreTwin(), queueTwin()];
  const clock = { nowMs: () => 0, sleep: async () => undefined };
  const letters = deadLetterStore({ objects: failures, notices, clock, codeVersion: 'v1' });
  for (let at = 0; at < 25; at += 1) {
    const position = { streamArn: 'arn', sequenceNumber: String(at) };
    await letters.store({ consumer: 'archive', position, record: {}, error: { code: 'unknown', message: '' } });
  }
  const received: ReceivedMessage[] = [];
  let pages = 0;
  const slow = {
    ...notices,
    receive: async () => {
      pages += 1;
      if (pages > 50) throw new Error('it reads the same notices again and again');
      // Two pages take longer than SQS hides what it gave out.
      if (pages % 3 === 0) for (const message of received) await notices.release(message);
      const page = await notices.receive();
      received.push(...page);
      return page;
    },
  };
  expect(await clearNotices({ failures, notices: slow })).toBe(0);
  expect(notices.messages()).toHaveLength(25);
  expect(await notices.receive()).toHaveLength(10);
});
