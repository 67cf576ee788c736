import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { conflictsTable, homeTable, replicaTable } from '../../shared/sinks/replica/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'audit-replica',
  summary: 'Compares the other region with the table, a part every hour, all of it in a day',
  timeoutS: 600,
  memoryMb: 512,
  uses: [
    { ...homeTable, actions: ['dynamodb:GetItem', 'dynamodb:Scan'] },
    { ...replicaTable, actions: ['dynamodb:GetItem'] },
    { ...conflictsTable, actions: ['dynamodb:GetItem'] },
  ],
  emits: ['AuditDifferences', 'AuditedItems'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 3600, emailEvents: false },
};
