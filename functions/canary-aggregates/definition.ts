import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { countersTable } from '../../shared/sinks/aggregates/resources.ts';
import { writtenTable } from '../../shared/writer/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'canary-aggregates',
  summary: 'Writes a canary user every minute and measures how long it takes to be counted',
  timeoutS: 55,
  memoryMb: 512,
  uses: [writtenTable, { ...countersTable, actions: ['dynamodb:Query'] }],
  emits: ['FreshnessAggregatesMs'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 60, emailEvents: false },
};
