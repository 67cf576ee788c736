import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { searchIndex, sourceTable } from '../../shared/sinks/search-index/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'audit-search',
  summary: 'Compares the search index with the table, a part every hour, all of it in a day',
  timeoutS: 600,
  memoryMb: 512,
  uses: [
    { ...sourceTable, actions: ['dynamodb:GetItem', 'dynamodb:Scan'] },
    { ...searchIndex, actions: ['es:ESHttpPost'] },
  ],
  emits: ['AuditDifferences', 'AuditedItems'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 3600, emailEvents: false },
};
