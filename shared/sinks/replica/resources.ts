import type { ReplicaTableResource, SourceTableResource, TableResource } from '../../runtime/consumer-definition.ts';

/** The same table in the other region. */
export const replicaTable: ReplicaTableResource = {
  kind: 'replicaTable',
  variable: 'REPLICA_TABLE',
  regionVariable: 'REPLICA_REGION',
  endpointVariable: 'REPLICA_ENDPOINT',
  modeVariable: 'REPLICA_MODE',
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
};

/** Written only to put a stamp on what was written or deleted without one. */
export const homeTable: SourceTableResource = {
  kind: 'sourceTable',
  variable: 'SOURCE_TABLE',
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
};

/** A row for each version of an item that a write from here replaced in the other region unseen; see `conflicts.ts`. */
export const conflictsTable: TableResource = {
  kind: 'table',
  name: 'replica-conflicts',
  variable: 'REPLICA_CONFLICTS_TABLE',
  partitionKey: { name: 'item', type: 'S' },
  sortKey: { name: 'version', type: 'S' },
  timeToLiveAttribute: 'expiresAt',
  actions: ['dynamodb:PutItem'],
};
