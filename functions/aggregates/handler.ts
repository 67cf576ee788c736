import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { checkpointsTable, countersTable } from '../../shared/sinks/aggregates/resources.ts';
import { createAggregatesSink } from '../../shared/sinks/aggregates/sink.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { contribution, effects } from './effects.ts';

export function create(services: Services<'dynamodb'>) {
  const { config, dynamodb, clock, random } = services;
  const tables = {
    counters: config.value(countersTable.variable),
    checkpoints: config.value(checkpointsTable.variable),
  };
  const sink = createAggregatesSink({ dynamodb, clock, random, tables, contribution });
  return createStreamHandler({ definition, table, effects, sink, services });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
