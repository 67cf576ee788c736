import { createAuditHandler } from '../../shared/operations/audit/create-audit-handler.ts';
import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { emailCopies } from '../copies.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb'>) {
  return createAuditHandler({ definition, services, table, copies: emailCopies({ services }) });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
