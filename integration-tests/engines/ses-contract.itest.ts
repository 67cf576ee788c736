import { CreateEmailIdentityCommand } from '@aws-sdk/client-sesv2';
import { afterAll, describe } from 'vitest';
import type { Engine } from '../../local/engines/engine.ts';
import { startSes } from '../../local/engines/ses/start-ses.ts';
import { createSesClient, sesEmailService } from '../../shared/services/ses/client.ts';
import {
  describeEmailServiceContract,
  type EmailServiceUnderContract,
} from '../../shared/testing/email-service-contract.ts';
import { credentials, onEmbeddedAndMoto, region } from '../independent-engines.ts';

type Sent = Awaited<ReturnType<EmailServiceUnderContract['sent']>>;

const startEmbedded = () => startSes({ port: 0 });

/** How each engine is emptied and shows what it took, and in what it is known to differ. */
const engines = {
  embedded: {
    fresh: async (engine: Engine | undefined) => {
      await engine?.stop();
      return startEmbedded();
    },
    sent: async (url: string): Promise<Sent> => {
      const { emails } = (await (await fetch(`${url}/outbox`)).json()) as { emails: Sent };
      return emails.toReversed().map(({ from, to, subject, html }) => ({ from, to, subject, html }));
    },
    // It has no identities: any sender is taken for a verified one.
    knownDifferences: ['rejects a sender whose identity is not verified'],
  },
  moto: {
    fresh: async (engine: Engine | undefined, start: () => Promise<Engine>) => {
      if (engine === undefined) return start();
      await fetch(`${engine.url}/moto-api/reset`, { method: 'POST' });
      return engine;
    },
    sent: async (url: string): Promise<Sent> => {
      const { ses } = (await (await fetch(`${url}/moto-api/data.json`)).json()) as { ses?: { Message: MotoMessage[] } };
      return (ses?.Message ?? []).map(({ source, destinations, subject, body }) => ({
        from: source,
        to: destinations.ToAddresses[0] ?? '',
        subject,
        html: body,
      }));
    },
    knownDifferences: [
      // It answers InvalidParameterValue, an error that the operation does not have.
      'rejects a recipient that is no address',
      // It does not look at tags.
      'rejects a tag of other than letters, digits, underscores and dashes',
      // It has no GetAccount.
      'tells what may still be sent',
    ],
  },
} as const;

interface MotoMessage {
  readonly source: string;
  readonly destinations: { readonly ToAddresses: readonly string[] };
  readonly subject: string;
  readonly body: string;
}

await onEmbeddedAndMoto({ name: 'SES', startEmbedded }, ({ name, start }) => {
  describe(name, () => {
    const { fresh, sent, knownDifferences } = name === 'moto' ? engines.moto : engines.embedded;
    let engine: Engine | undefined;
    afterAll(() => engine?.stop());

    describeEmailServiceContract(`client of SES on ${name}`, {
      open: async () => {
        engine = await fresh(engine, start);
        const { url } = engine;
        const client = createSesClient({ endpoint: url, region, credentials });
        if (name === 'moto') await client.send(new CreateEmailIdentityCommand({ EmailIdentity: 'example.com' }));
        return { service: sesEmailService(client), sent: () => sent(url) };
      },
      knownDifferences,
    });
  });
});
