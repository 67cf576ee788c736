/** The consumer `aggregates` as it is deployed, with the one total that the other contender keeps. */
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { definition } from '../../functions/aggregates/definition.ts';
import { table } from '../../functions/table.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { dynamoDbClient } from '../../shared/services/dynamodb/client.ts';
import { type Intercept, interceptDynamoDb } from '../../shared/services/dynamodb/intercept.ts';
import { aggregateEffects, contributionAfter } from '../../shared/sinks/aggregates/effects.ts';
import { checkpointsTable, countersTable } from '../../shared/sinks/aggregates/resources.ts';
import { createAggregatesSink } from '../../shared/sinks/aggregates/sink.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { deadLetterBox } from '../../shared/testing/fake-sinks.ts';
import { readTotals } from '../../shared/writer/read-totals.ts';
import type { Contender } from './contender.ts';

const totals = [{ name: 'users-by-country', entity: 'user', by: { attribute: 'country' } }] as const;

export function tributaryTables(prefix: string) {
  return [countersTable, checkpointsTable].map((table) => ({ ...table, name: `${prefix}-${table.name}` }));
}

/** @param options.prefix of its tables' names */
export function tributaryContender(
  client: DynamoDBClient,
  options: { readonly prefix: string; readonly intercept?: Intercept },
): Contender {
  const { prefix, intercept = (_call, proceed) => proceed() } = options;
  const names = { counters: `${prefix}-${countersTable.name}`, checkpoints: `${prefix}-${checkpointsTable.name}` };
  const box = deadLetterBox();
  const services = {
    ...baseServices({ consumer: definition.name, values: {}, deadLetters: box.store }),
    dynamodb: interceptDynamoDb(dynamoDbClient(client), intercept),
  };
  const contribution = contributionAfter({ table, totals });
  const sink = createAggregatesSink({ ...services, tables: names, contribution });
  const effects = aggregateEffects({ table, totals });
  const handler = createStreamHandler({ definition, table, effects, sink, services });
  return {
    name: 'tributary',
    deliver: async (records) => {
      const event = { Records: records, shardId: 'shardId-1', window: {}, state: {} };
      const { batchItemFailures } = await handler(event, invocationContext);
      return batchItemFailures[0]?.itemIdentifier;
    },
    counted: async () => {
      const groups = await readTotals(services.dynamodb, { tableName: names.counters, total: totals[0].name });
      return new Map(groups.map(({ group, count }) => [group.kind === 'value' ? group.value : '', Number(count)]));
    },
    deadLetters: () => box.letters.size,
  };
}
