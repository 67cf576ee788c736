import { classifySendFailure } from './classify.ts';
import type { EmailService, OutgoingEmail, SendingQuota, SendResult } from './port.ts';
import { eventsOf, type PublishedSesEvent } from './simulated-events.ts';
import { createSimulatedSes, type SesError, type SimulatedSes, type SimulatedSesOptions } from './simulated-ses.ts';

export interface SesTwinOptions extends SimulatedSesOptions {
  /** Of the sender's identity. Without it a mail that names none has no events. */
  readonly defaultConfigurationSet?: string;
  /** Every event of an accepted mail, in order, when the mail is accepted: the test delivers, delays or drops it. */
  readonly onEvent?: (event: PublishedSesEvent) => void;
}

/**
 * Around every send of one caller: refuse it, pause it before or after SES took it, or lose the reply. An error thrown
 * here is a reply that never came.
 */
export type InterceptSend = (email: OutgoingEmail, proceed: () => SendResult) => Promise<SendResult>;

export interface SesTwin extends EmailService {
  readonly ses: SimulatedSes;
  /** The same service as one caller with trouble on its line sees it. */
  behind(intercept: InterceptSend): EmailService;
}

/** SES in memory, behind the same port and with the same classification of errors as the client. */
export function createSesTwin(options: SesTwinOptions): SesTwin {
  const ses = createSimulatedSes(options);
  const { defaultConfigurationSet, onEvent } = options;

  function submit(email: OutgoingEmail): SendResult {
    const configured = defaultConfigurationSet === undefined ? {} : { configurationSet: defaultConfigurationSet };
    const submission = ses.submit({ ...configured, ...email });
    if ('error' in submission) return failedSend(submission.error);
    for (const event of eventsOf(submission.accepted)) onEvent?.(event);
    return { kind: 'accepted', messageId: submission.accepted.messageId };
  }

  async function quota(): Promise<SendingQuota> {
    const { maxPerSecond, max24Hours, sentLast24Hours } = ses.account();
    const perDay = max24Hours < 0 ? Number.POSITIVE_INFINITY : max24Hours;
    return { enabled: true, maxPerSecond, perDay, remaining: Math.max(0, perDay - sentLast24Hours) };
  }

  return {
    ses,
    send: async (email) => submit(email),
    quota,
    behind: (intercept) => ({
      quota,
      async send(email) {
        try {
          return await intercept(email, () => submit(email));
        } catch (error) {
          return classifySendFailure({ name: error instanceof Error ? error.name : 'Unknown' });
        }
      },
    }),
  };
}

function failedSend(error: SesError): SendResult {
  return classifySendFailure({ name: error.name, httpStatus: error.httpStatus });
}
