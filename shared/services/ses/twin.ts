import { classifySendFailure } from './classify.ts';
import type { EmailService, OutgoingEmail, SendResult } from './port.ts';
import { eventsOf, type PublishedSesEvent } from './simulated-events.ts';
import { createSimulatedSes, type SesError, type SimulatedSes, type SimulatedSesOptions } from './simulated-ses.ts';

export interface SesTwinOptions extends SimulatedSesOptions {
  /** Every event of an accepted mail, in order, when the mail is accepted: the test delivers, delays or drops it. */
  readonly onEvent?: (event: PublishedSesEvent) => void;
  /**
   * Around every send, so that a test can refuse it, pause it before or after SES took it, or lose the reply: an error
   * thrown here is a reply that never came.
   */
  readonly intercept?: (email: OutgoingEmail, proceed: () => SendResult) => Promise<SendResult>;
}

export interface SesTwin extends EmailService {
  readonly ses: SimulatedSes;
}

/** SES in memory, behind the same port and with the same classification of errors as the client. */
export function createSesTwin(options: SesTwinOptions): SesTwin {
  const ses = createSimulatedSes(options);
  const { intercept = async (_email, proceed) => proceed(), onEvent } = options;

  function submit(email: OutgoingEmail): SendResult {
    const submission = ses.submit(email);
    if ('error' in submission) return failedSend(submission.error);
    for (const event of eventsOf(submission.accepted)) onEvent?.(event);
    return { kind: 'accepted', messageId: submission.accepted.messageId };
  }

  return {
    ses,
    async send(email) {
      try {
        return await intercept(email, () => submit(email));
      } catch (error) {
        return classifySendFailure({ name: error instanceof Error ? error.name : 'Unknown' });
      }
    },
    async quota() {
      const { maxPerSecond, max24Hours, sentLast24Hours } = ses.account();
      const remaining = max24Hours < 0 ? Number.POSITIVE_INFINITY : Math.max(0, max24Hours - sentLast24Hours);
      return { enabled: true, maxPerSecond, remaining };
    },
  };
}

function failedSend(error: SesError): SendResult {
  return classifySendFailure({ name: error.name, httpStatus: error.httpStatus });
}
