import type { SettlerDefinition } from '../../shared/runtime/consumer-definition.ts';
import { emailLedgerResources } from '../../shared/sinks/email-ledger/resources.ts';

export const definition: SettlerDefinition = {
  name: 'email-settler',
  summary: 'Sends what the email ledger still owes, and learns from SES what became of each email',
  timeoutS: 55,
  memoryMb: 512,
  runsIn: 'emailRegion',
  uses: emailLedgerResources,
  trigger: { kind: 'schedule', everyS: 60, emailEvents: true },
};
