import { beforeEach, describe, expect, it } from 'vitest';
import type { WorkQueue } from '../services/sqs/port.ts';

/** What every implementation of WorkQueue promises: the twin as well as a real client. `open` gives an empty one. */
export function describeWorkQueueContract(name: string, open: () => Promise<WorkQueue>): void {
  describe(`WorkQueue contract: ${name}`, () => {
    let queue: WorkQueue;
    beforeEach(async () => {
      queue = await open();
    });

    it('has nothing for anybody while nothing was sent', async () => {
      expect(await queue.receive()).toEqual([]);
    });

    it('gives a message as it was sent, in any script, and hides it from the next who asks', async () => {
      const body = JSON.stringify({ consumer: 'aggregates', note: 'Grüße, "quoted" <&> 🎉' });
      await queue.send(body);
      expect((await queue.receive()).map((message) => message.body)).toEqual([body]);
      expect(await queue.receive()).toEqual([]);
    });

    it('gives a message of 200 kB whole', async () => {
      const body = 'x'.repeat(200_000);
      await queue.send(body);
      const [message] = await queue.receive();
      expect(message?.body === body).toBe(true);
    });

    it('gives at most ten messages at a time, and each of them once', async () => {
      const sent = Array.from({ length: 25 }, (_, place) => `message ${String(place).padStart(2, '0')}`);
      for (const body of sent) await queue.send(body);
      const bodies: string[] = [];
      // AWS may give fewer than there are, and none for a moment; ten asks are many more than it takes.
      for (let asked = 0; asked < 10; asked += 1) {
        const messages = await queue.receive();
        expect(messages.length).toBeLessThanOrEqual(10);
        bodies.push(...messages.map((message) => message.body));
      }
      expect(bodies.sort()).toEqual(sent);
    });

    it('gives a released message again at once, and the others not', async () => {
      for (const body of ['first', 'second']) await queue.send(body);
      const messages = [...(await queue.receive()), ...(await queue.receive())];
      const second = messages.find(({ body }) => body === 'second');
      if (second !== undefined) await queue.release(second);
      expect((await queue.receive()).map(({ body }) => body)).toEqual(['second']);
    });

    it('forgets a message that is removed, also when it is removed twice', async () => {
      await queue.send('done');
      const [message] = await queue.receive();
      if (message === undefined) throw new Error('the message did not arrive');
      await queue.remove(message);
      await queue.remove(message);
      expect(await queue.receive()).toEqual([]);
    });
  });
}
