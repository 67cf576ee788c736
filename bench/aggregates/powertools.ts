/** What one would otherwise write: Powertools' batch processor and idempotency, and an update for each count. */
import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { IdempotencyConfig, makeIdempotent } from '@aws-lambda-powertools/idempotency';
import { DynamoDBPersistenceLayer } from '@aws-lambda-powertools/idempotency/dynamodb';
import { type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { readTable } from '../../local/demo/checkers/read-tables.ts';
import type { AttributeMap } from '../../shared/change/attribute-value.ts';
import { invocationContext } from '../../shared/testing/base-services.ts';
import type { UserRecord } from '../user-image.ts';
import type { Contender } from './contender.ts';

const counters = 'powertools-counters';
const idempotency = 'powertools-idempotency';

export const powertoolsTables = [
  { name: counters, partitionKey: { name: 'country', type: 'S' } },
  { name: idempotency, partitionKey: { name: 'id', type: 'S' } },
] as const;

type Context = Parameters<IdempotencyConfig['registerLambdaContext']>[0];

export function powertoolsContender(client: DynamoDBClient): Contender {
  const config = new IdempotencyConfig({ eventKeyJmesPath: 'eventID' });
  const persistenceStore = new DynamoDBPersistenceLayer({ tableName: idempotency, awsSdkV3Client: client });
  const count = makeIdempotent((record: UserRecord) => countRecord(client, record), { persistenceStore, config });
  const processor = new BatchProcessor(EventType.DynamoDBStreams);
  return {
    name: 'Powertools',
    deliver: async (records) => {
      config.registerLambdaContext(invocationContext as Context);
      const event = { Records: [...records] };
      const { batchItemFailures } = await processPartialResponse(event, count, processor, {
        throwOnFullBatchFailure: false,
      });
      // Lambda takes the lowest.
      return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()[0];
    },
    counted: async () => {
      const rows = await readTable(client, counters);
      const counts = rows.map(({ country, users }) => [country?.S ?? '', Number(users?.N)] as const);
      return new Map(counts.filter(([, users]) => users !== 0));
    },
    deadLetters: () => 0,
  };
}

async function countRecord(client: DynamoDBClient, { eventName, dynamodb }: UserRecord): Promise<void> {
  const { OldImage, NewImage } = dynamodb;
  if (eventName !== 'REMOVE' && NewImage === undefined) throw new Error('The record has no new image.');
  const [before, after] = [countryOf(OldImage), countryOf(NewImage)];
  if (before === after) return;
  if (before !== undefined) await add(client, before, '-1');
  if (after !== undefined) await add(client, after, '1');
}

function countryOf(image: AttributeMap | undefined): string | undefined {
  const country = image?.country;
  return country !== undefined && 'S' in country ? country.S : undefined;
}

async function add(client: DynamoDBClient, country: string, by: string): Promise<void> {
  await client.send(
    new UpdateItemCommand({
      TableName: counters,
      Key: { country: { S: country } },
      UpdateExpression: 'ADD #users :by',
      ExpressionAttributeNames: { '#users': 'users' },
      ExpressionAttributeValues: { ':by': { N: by } },
    }),
  );
}
