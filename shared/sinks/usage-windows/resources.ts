import type { TableResource } from '../../runtime/consumer-definition.ts';

/** One row per window, shard and first record; laid out in `row.ts`. A day's windows are one partition, in order. */
export const usageWindowsTable: TableResource = {
  kind: 'table',
  name: 'usage-windows',
  variable: 'USAGE_WINDOWS_TABLE',
  partitionKey: { name: 'day', type: 'S' },
  sortKey: { name: 'part', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  actions: ['dynamodb:PutItem'],
};
