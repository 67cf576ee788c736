import { table } from '../../functions/table.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';

const { index, alias } = searchIndexFor(table);

/** What things are called on the laptop. */
export const names = {
  region: 'eu-west-1',
  table: table.name,
  kinesisStream: `${table.name}-changes`,
  /** Dead letters and what mappings give up on. */
  bucket: 'tributary-failures',
  queue: 'tributary-dead-letters',
  index,
  alias,
} as const;
