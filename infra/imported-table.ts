import type { TableDescription, TimeToLiveDescription } from '@aws-sdk/client-dynamodb';
import type { TableDefinition } from '../shared/change/table-definition.ts';

/** A table that exists, as DynamoDB describes it. */
export interface ExistingTable {
  readonly region: string;
  readonly table: TableDescription;
  readonly timeToLive: TimeToLiveDescription;
}

/**
 * What keeps an existing table from being the one that `functions/table.ts` describes, each with what to change; empty
 * when it is.
 */
export function importProblems(
  definition: TableDefinition,
  { existing, streamArn }: { readonly existing: ExistingTable; readonly streamArn: string },
): readonly string[] {
  const { region, table, timeToLive } = existing;
  const problems: string[] = [];
  const expected = keysOf(definition);
  const found = (table.KeySchema ?? []).map(({ AttributeName, KeyType }) => {
    const type = table.AttributeDefinitions?.find((each) => each.AttributeName === AttributeName)?.AttributeType;
    return `${AttributeName} (${type}, ${KeyType})`;
  });
  if (found.join() !== expected.join()) {
    problems.push(`its key is ${found.join(' and ')}, functions/table.ts says ${expected.join(' and ')}`);
  }
  const { StreamEnabled: enabled, StreamViewType: view } = table.StreamSpecification ?? {};
  if (enabled !== true || view !== 'NEW_AND_OLD_IMAGES') {
    problems.push(
      `its stream is ${enabled === true ? view : 'off'}: turn on a stream of NEW_AND_OLD_IMAGES ` +
        '(aws dynamodb update-table --stream-specification), which gives it a new ARN',
    );
  } else if (table.LatestStreamArn !== streamArn) {
    problems.push(`its stream is ${table.LatestStreamArn}, infra/config.ts says ${streamArn}: write the former`);
  }
  const { timeToLiveAttribute: attribute } = definition;
  const live = timeToLive.TimeToLiveStatus === 'ENABLED' ? timeToLive.AttributeName : undefined;
  if (live !== attribute) {
    problems.push(
      `its time to live is ${live ?? 'off'}, functions/table.ts says ${attribute ?? 'off'}: make them the same`,
    );
  }
  return problems.map((problem) => `${table.TableName} in ${region}: ${problem}`);
}

function keysOf({ partitionKey, sortKey }: TableDefinition): readonly string[] {
  const partition = `${partitionKey.name} (${partitionKey.type}, HASH)`;
  return sortKey === undefined ? [partition] : [partition, `${sortKey.name} (${sortKey.type}, RANGE)`];
}
