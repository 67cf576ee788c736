import { table } from '../../functions/table.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';

const { index, alias } = searchIndexFor(table);

/** The regions of the laptop; what is to happen once for both happens in the first. */
export const regionNames = ['eu-west-1', 'us-east-1'] as const;

export type RegionName = (typeof regionNames)[number];

/** Where users are welcomed, whichever region they signed up in. */
export const emailRegion: RegionName = 'eu-west-1';

/** What things are called in every region. */
export const names = {
  table: table.name,
  kinesisStream: `${table.name}-changes`,
  /** Dead letters and what mappings give up on. */
  bucket: 'tributary-failures',
  queue: 'tributary-dead-letters',
  index,
  alias,
} as const;
