import type { QueryCommandOutput } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classifyLedgerError } from './classify.ts';

export interface DueQuery {
  readonly dynamodb: DynamoDb;
  readonly tableName: string;
  readonly lane: string;
  readonly nowMs: number;
}

/**
 * Ids of rows of one lane that were due at `nowMs`, the longest waiting first. The index trails the table: a row must
 * be read before anything is decided about it.
 *
 * @throws {PipelineError}
 */
export async function* dueIds({ dynamodb, tableName, lane, nowMs }: DueQuery): AsyncGenerator<string> {
  let startKey: QueryCommandOutput['LastEvaluatedKey'];
  do {
    let page: Awaited<ReturnType<DynamoDb['query']>>;
    try {
      page = await dynamodb.query({
        TableName: tableName,
        IndexName: 'due',
        KeyConditionExpression: 'lane = :lane AND dueAtMs <= :now',
        ExpressionAttributeValues: { ':lane': { S: lane }, ':now': { N: String(nowMs) } },
        ProjectionExpression: 'id',
        Limit: 100,
        ...(startKey === undefined ? {} : { ExclusiveStartKey: startKey }),
      });
    } catch (error) {
      throw classifyLedgerError('listing due rows', error);
    }
    for (const item of page.Items ?? []) if (item.id?.S !== undefined) yield item.id.S;
    startKey = page.LastEvaluatedKey;
  } while (startKey !== undefined);
}
