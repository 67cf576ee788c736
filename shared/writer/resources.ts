import type { SourceTableResource } from '../runtime/consumer-definition.ts';

/** The table, for a function that puts and deletes with the writer: in a table of tombstones both are puts. */
export const writtenTable: SourceTableResource = {
  kind: 'sourceTable',
  variable: 'SOURCE_TABLE',
  actions: ['dynamodb:PutItem'],
};
