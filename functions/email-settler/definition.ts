import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { emailLedgerResources } from '../../shared/sinks/email-ledger/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'email-settler',
  summary: 'Sends what the email ledger still owes, and learns from SES what became of each email',
  timeoutS: 55,
  memoryMb: 512,
  runsIn: 'emailRegion',
  uses: emailLedgerResources,
  emits: [
    'EmailsSent',
    'EmailsDelivered',
    'EmailsRefused',
    'EmailsUnknown',
    'EmailsSuppressed',
    'EmailsParked',
    'EmailsRejected',
    'EmailsBounced',
    'EmailsComplained',
    'EmailQuotaUsedPercent',
  ],
  trigger: {
    kind: 'schedule',
    everyS: 60,
    // Nobody waits for them, and the events of one mail come close together: they move its row once.
    emailEvents: { batchSize: 10, maximumBatchingWindowS: 1, reportBatchItemFailures: true },
  },
};
