import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { PublishedSesEvent } from '../../services/ses/simulated-events.ts';
import { emailWorld, owed } from '../../testing/email-world.ts';
import { damaged } from '../../testing/hostile-records.ts';

const runs = { seed: 8, numRuns: 400 };

/** Events as SES publishes none: of a mail of ours with one value replaced, cut off, or anything. */
const hostileBodies = fc.oneof(
  fc.tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat()).map(([value, place]) => (event: PublishedSesEvent) => {
    return JSON.stringify(damaged(event, value, place));
  }),
  fc.double({ min: 0, max: 1, noNaN: true }).map((at) => (event: PublishedSesEvent) => {
    const text = JSON.stringify(event);
    return text.slice(0, Math.floor(at * text.length));
  }),
  fc.oneof(fc.json(), fc.string()).map((text) => () => text),
  fc.constantFrom('Bounce', 'Complaint', 'Delivery', 'Open').map((eventType) => (event: PublishedSesEvent) => {
    const bounce = { bounceType: 'Permanent' };
    return JSON.stringify({
      ...event,
      eventType,
      bounce,
      mail: { ...event.mail, destination: ['', 'x'.repeat(3000)] },
    });
  }),
);

it('takes every event of SES among hostile ones, and gives back to the queue only what it cannot take', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(hostileBodies, { minLength: 1, maxLength: 4 }), async (hostile) => {
      const world = emailWorld();
      const worker = world.worker();
      await worker.record(owed('good'));
      await worker.record(owed('bad'));
      const of = (id: string) => world.events.filter((event) => JSON.stringify(event).includes(`${id}@example.com`));
      const [bad] = of('bad');
      if (bad === undefined) throw new Error('nothing was published');
      const good = of('good').map((event) => JSON.stringify(event));
      const bodies = [...hostile.map((bodyOf) => bodyOf(bad)), ...good];
      const messages = bodies.map((body, at) => ({ messageId: `m-${at}`, body }));
      const failed = await worker.take(messages);
      expect(world.row('good')).toBe('delivered 1');
      const ofHostile = messages.slice(0, hostile.length).map(({ messageId }) => messageId);
      for (const messageId of failed) expect(ofHostile).toContain(messageId);
    }),
    runs,
  );
});
