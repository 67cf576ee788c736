import { conflictsTable } from '../sinks/replica/resources.ts';

/** Variables of a replicator whose copies go to another table of the same name. */
export function replicaEnvironment(options: { readonly table: string; readonly mode: string }): Record<string, string> {
  const { table, mode } = options;
  return {
    AWS_REGION: 'eu-central-1',
    TRIBUTARY_STAGE: 'test',
    DEAD_LETTER_BUCKET: 'dead-letters',
    DEAD_LETTER_QUEUE_URL: 'http://localhost/dead-letters',
    SOURCE_TABLE: table,
    REPLICA_TABLE: table,
    REPLICA_REGION: 'eu-west-1',
    REPLICA_ENDPOINT: 'http://localhost:8000',
    REPLICA_CONFLICTS_TABLE: conflictsTable.name,
    REPLICA_MODE: mode,
  };
}
