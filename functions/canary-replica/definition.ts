import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { replicaTable } from '../../shared/sinks/replica/resources.ts';
import { writtenTable } from '../../shared/writer/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'canary-replica',
  summary: 'Writes a canary user every minute and measures how long it takes to the other region',
  timeoutS: 55,
  memoryMb: 512,
  uses: [writtenTable, { ...replicaTable, actions: ['dynamodb:GetItem'] }],
  emits: ['FreshnessReplicaMs'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 60, emailEvents: false },
};
