import { beforeEach, describe, expect, it } from 'vitest';
import type { EmailService, OutgoingEmail } from '../services/ses/port.ts';

/** A mail service under contract, that has sent nothing. */
export interface EmailServiceUnderContract {
  readonly service: EmailService;
  /** What it took, oldest first. */
  sent(): Promise<readonly Pick<OutgoingEmail, 'from' | 'to' | 'subject' | 'html'>[]>;
}

export interface EmailServiceContractOptions {
  /** `open` gives a service on which mails from `example.com` may be sent. */
  readonly open: () => Promise<EmailServiceUnderContract>;
  /** Names of tests in which an engine is known to differ from SES's documentation; they must go on failing. */
  readonly knownDifferences?: readonly string[];
}

const email: OutgoingEmail = {
  from: 'Tributary <welcome@example.com>',
  to: 'ada@example.com',
  subject: 'Grüße 🎉',
  text: 'text',
  html: '<p>Grüße &amp; "quotes"</p>',
  tags: { attempt: '1' },
};
const { from, to, subject, html } = email;

/** What the email ledger relies on in SES, for every implementation of the port. */
export function describeEmailServiceContract(name: string, options: EmailServiceContractOptions): void {
  const { open, knownDifferences = [] } = options;
  const test = (fact: string, run: () => Promise<void>) =>
    knownDifferences.includes(fact) ? it.fails(fact, run) : it(fact, run);
  describe(`EmailService contract: ${name}`, () => {
    let under: EmailServiceUnderContract;
    beforeEach(async () => {
      under = await open();
    });

    test('takes a mail once, whole, in any script', async () => {
      expect(await under.service.send(email)).toMatchObject({ kind: 'accepted' });
      expect(await under.sent()).toEqual([{ from, to, subject, html }]);
    });

    test('gives every mail an id of its own, also an equal one', async () => {
      const results = [await under.service.send(email), await under.service.send(email)];
      const ids = results.map((result) => (result.kind === 'accepted' ? result.messageId : result.kind));
      expect(new Set(ids).size).toBe(2);
      expect(ids.every((id) => id.length > 10)).toBe(true);
      expect(await under.sent()).toHaveLength(2);
    });

    test('rejects a sender that is no address', () => rejected({ from: 'nobody' }));
    test('rejects a recipient that is no address', () => rejected({ to: 'nobody' }));
    test('rejects a tag of other than letters, digits, underscores and dashes', () => rejected({ tags: { a: 'ü' } }));
    test('rejects a sender whose identity is not verified', () => rejected({ from: 'welcome@unverified.example' }));

    test('tells what may still be sent', async () => {
      const quota = await under.service.quota();
      expect(quota).toMatchObject({ enabled: true });
      expect(quota.maxPerSecond).toBeGreaterThan(0);
      expect(quota.remaining).toBeLessThanOrEqual(quota.perDay);
    });

    /** Rejected is for good: neither tried again nor unclear. */
    async function rejected(change: Partial<OutgoingEmail>): Promise<void> {
      expect(await under.service.send({ ...email, ...change })).toMatchObject({ kind: 'rejected' });
      expect(await under.sent()).toEqual([]);
    }
  });
}
