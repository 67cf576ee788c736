import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { builtCheckpoints, builtCounters } from '../../shared/sinks/aggregates/resources.ts';
import { sourceTable } from '../../shared/sinks/search-index/resources.ts';

export const auditedConsumer = 'aggregates';

export const definition: ScheduledDefinition = {
  name: 'audit-aggregates',
  summary: 'Counts the table anew beside the totals once a week, a part every quarter of an hour, and compares the two',
  timeoutS: 900,
  memoryMb: 512,
  uses: [
    {
      ...sourceTable,
      actions: [
        ...['dynamodb:DescribeTable', 'dynamodb:Scan'],
        ...['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      ],
    },
    builtCounters,
    builtCheckpoints,
    { kind: 'failures', consumer: auditedConsumer },
  ],
  emits: ['AuditDifferences'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 900, emailEvents: false },
};
