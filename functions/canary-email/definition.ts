import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { ledgerTable } from '../../shared/sinks/email-ledger/resources.ts';
import { writtenTable } from '../../shared/writer/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'canary-email',
  summary: 'Signs up a canary user every five minutes and measures how long its email takes to SES',
  // The settler looks once a minute for what was not sent at once.
  timeoutS: 120,
  memoryMb: 512,
  runsIn: 'emailRegion',
  uses: [writtenTable, { ...ledgerTable, actions: ['dynamodb:GetItem'] }],
  emits: ['FreshnessEmailMs'],
  deployedOnly: true,
  // Each run is one email to the mailbox simulator, which costs what an email costs, and one row that is kept.
  trigger: { kind: 'schedule', everyS: 300, emailEvents: false },
};
