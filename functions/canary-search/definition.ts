import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { searchIndex } from '../../shared/sinks/search-index/resources.ts';
import { writtenTable } from '../../shared/writer/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'canary-search',
  summary: 'Writes a canary user every minute and measures how long its search document takes',
  timeoutS: 55,
  memoryMb: 512,
  uses: [writtenTable, { ...searchIndex, actions: ['es:ESHttpPost'] }],
  emits: ['FreshnessSearchMs'],
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 60, emailEvents: false },
};
