import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { usageWindowsTable } from '../../shared/sinks/usage-windows/resources.ts';
import { createUsageWindowsSink } from '../../shared/sinks/usage-windows/sink.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { usageEffects } from './effects.ts';

export function create(services: Services<'dynamodb'>) {
  const { config, dynamodb } = services;
  const sink = createUsageWindowsSink({ dynamodb, tableName: config.value(usageWindowsTable.variable) });
  return createStreamHandler({ definition, table, effects: usageEffects(table), sink, services });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
