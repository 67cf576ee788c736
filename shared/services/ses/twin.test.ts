import { describeEmailServiceContract } from '../../testing/email-service-contract.ts';
import { createSesTwin } from './twin.ts';

describeEmailServiceContract('twin', {
  open: async () => {
    let mails = 0;
    const newMessageId = () => {
      mails += 1;
      return `message-id-${mails}`;
    };
    const twin = createSesTwin({ clock: { nowMs: () => 0, sleep: async () => undefined }, newMessageId });
    return {
      service: twin,
      sent: async () =>
        twin.ses
          .outbox()
          .toReversed()
          .map(({ from, to, subject, html }) => ({ from, to, subject, html })),
    };
  },
  // It has no identities: any sender is taken for a verified one.
  knownDifferences: ['rejects a sender whose identity is not verified'],
});
