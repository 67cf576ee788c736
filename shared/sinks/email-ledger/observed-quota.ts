import type { EmailService, SendingQuota } from '../../services/ses/port.ts';

/** The mail service, with every look at its quota told on: the percentage of the daily quota that is used. */
export function withQuotaObserved(email: EmailService, observe: (usedPercent: number) => void): EmailService {
  return {
    send: (outgoing) => email.send(outgoing),
    quota: async () => {
      const quota = await email.quota();
      observe(usedPercent(quota));
      return quota;
    },
  };
}

/** An account that may not send at all has nothing left either. */
function usedPercent({ enabled, perDay, remaining }: SendingQuota): number {
  if (!enabled) return 100;
  return Number.isFinite(perDay) ? Math.round(100 * (1 - remaining / Math.max(1, perDay))) : 0;
}
