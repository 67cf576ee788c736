import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { ledgerTable } from '../../shared/sinks/email-ledger/resources.ts';
import { sourceTable } from '../../shared/sinks/search-index/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'audit-email',
  summary: 'Looks for users who were never owed a welcome, a part every hour, all of them in a day',
  timeoutS: 600,
  memoryMb: 512,
  runsIn: 'emailRegion',
  uses: [
    { ...sourceTable, actions: ['dynamodb:GetItem', 'dynamodb:Scan'] },
    { ...ledgerTable, actions: ['dynamodb:GetItem'] },
  ],
  emits: ['AuditDifferences', 'AuditedItems'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 3600, emailEvents: false },
};
