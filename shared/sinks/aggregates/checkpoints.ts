import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Clock, Random } from '../../batch/clock.ts';
import { FatalConfigError, InvariantError } from '../../batch/errors.ts';
import type { ShardIdentity } from '../../batch/sink.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { classify, type Verdict } from './classify.ts';
import type { AggregatesTables, Transaction } from './cut-transaction.ts';
import { cutRow, phaseKey, positionKey, scopeOf, sliceOf } from './layout.ts';
import { type Phase, phaseOf } from './phase.ts';

export interface AggregatesDependencies {
  readonly dynamodb: DynamoDb;
  readonly clock: Clock;
  readonly random: Random;
  readonly tables: AggregatesTables;
}

/** A range of a shard that one transaction counted, except for the records in `notCounted`. */
export interface CutRow {
  readonly first: string;
  readonly last: string;
  readonly notCounted: readonly string[];
}

/** Tries of one transaction within an invocation. Longer trouble is the mapping's: it backs off and keeps order. */
const ATTEMPTS = 4;
const BASE_DELAY_MS = 50;

export function readPhase(shard: ShardIdentity, dependencies: AggregatesDependencies): Promise<Phase> {
  return readPhaseOfSlice(sliceOf(shard), dependencies);
}

export async function readPhaseOfSlice(slice: number, { dynamodb, tables }: AggregatesDependencies): Promise<Phase> {
  const Key = phaseKey(slice);
  const { Item } = await reading(() => dynamodb.getItem({ TableName: tables.checkpoints, Key, ConsistentRead: true }));
  return phaseOf(Item);
}

/** Last sequence number committed in the shard, or undefined. Consistent. */
export async function readPosition(
  shard: ShardIdentity,
  { dynamodb, tables }: AggregatesDependencies,
): Promise<string | undefined> {
  const Key = positionKey(shard);
  const { Item } = await reading(() => dynamodb.getItem({ TableName: tables.checkpoints, Key, ConsistentRead: true }));
  return Item && textOf(Item, 'last');
}

/** The first cut that ends at the record or after it; it covers the record unless it begins after it. Consistent. */
export async function readCutEndingFrom(
  record: { shard: ShardIdentity; sequenceNumber: string },
  { dynamodb, tables }: AggregatesDependencies,
): Promise<CutRow | undefined> {
  const { Items } = await reading(() =>
    dynamodb.query({
      TableName: tables.checkpoints,
      KeyConditionExpression: '#scope = :scope AND #row BETWEEN :from AND :to',
      ExpressionAttributeNames: { '#scope': 'scope', '#row': 'row' },
      ExpressionAttributeValues: {
        ':scope': { S: scopeOf(record.shard) },
        ':from': { S: cutRow(record.sequenceNumber) },
        ':to': { S: cutRow('9'.repeat(40)) },
      },
      ConsistentRead: true,
      ScanIndexForward: true,
      Limit: 1,
    }),
  );
  const row = Items?.[0];
  return row && { first: textOf(row, 'first'), last: textOf(row, 'last'), notCounted: listOf(row, 'notCounted') };
}

/**
 * Runs a transaction; conflicts and throttles are tried again after a random pause. Trying again is safe at any time,
 * reply lost or not: what was applied has moved the position or left the marker that the transaction is conditional on.
 *
 * @throws {RetryableError} when the trouble lasts
 * @throws {FatalConfigError} when the tables cannot be used
 */
export async function run(
  transaction: Transaction,
  { dynamodb, clock, random }: AggregatesDependencies,
): Promise<{ kind: 'committed' } | Exclude<Verdict, { kind: 'retry' | 'abort' }>> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await dynamodb.transactWriteItems({ TransactItems: [...transaction.items] });
      return { kind: 'committed' };
    } catch (error) {
      const verdict = classify(error, transaction);
      if (verdict.kind === 'abort') throw verdict.error;
      if (verdict.kind !== 'retry') return verdict;
      if (attempt === ATTEMPTS) throw verdict.error;
    }
    await clock.sleep(Math.ceil(random() * BASE_DELAY_MS * 2 ** attempt)); // recovery: transaction-tried-again
  }
}

/** A read of the checkpoints table, with what its failure means. */
export async function reading<Output>(read: () => Promise<Output>): Promise<Output> {
  try {
    return await read();
  } catch (error) {
    const verdict = classify(error);
    if (verdict.kind === 'retry' || verdict.kind === 'abort') throw verdict.error; // recovery: checkpoints-not-read
    const message = 'DynamoDB refuses the key of the checkpoints table: it has another layout';
    throw new FatalConfigError('configuration', message, { cause: error });
  }
}

function textOf(row: Record<string, AttributeValue>, attribute: string): string {
  const text = row[attribute]?.S;
  if (text === undefined) throw new InvariantError('invariant', `a checkpoint row has no text in "${attribute}"`);
  return text;
}

function listOf(row: Record<string, AttributeValue>, attribute: string): readonly string[] {
  return (row[attribute]?.L ?? []).map((value) => value.S ?? '');
}
