import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { searchIndex } from '../../shared/sinks/search-index/resources.ts';

export const definition: ScheduledDefinition = {
  name: 'tombstone-sweep',
  summary: 'Removes tombstones from the search index once nothing older can come any more',
  timeoutS: 300,
  memoryMb: 512,
  uses: [{ ...searchIndex, actions: ['es:ESHttpPost'] }],
  emits: ['TombstonesSwept'],
  // On a laptop nothing is ever that old.
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 3600, emailEvents: false },
};
