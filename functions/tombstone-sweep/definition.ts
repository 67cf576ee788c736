import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { searchIndex } from '../../shared/sinks/search-index/resources.ts';

/** It searches, and takes documents away. */
const permissions = {
  cluster: searchIndex.permissions.cluster,
  index: [...searchIndex.permissions.index, 'indices:data/read/search', 'indices:data/write/delete'],
};

export const definition: ScheduledDefinition = {
  name: 'tombstone-sweep',
  summary: 'Removes tombstones from the search index once nothing older can come any more',
  timeoutS: 300,
  memoryMb: 512,
  uses: [{ ...searchIndex, actions: ['es:ESHttpPost'], permissions }],
  emits: ['TombstonesSwept'],
  // On a laptop nothing is ever that old.
  deployedOnly: true,
  trigger: { kind: 'schedule', everyS: 3600, emailEvents: false },
};
