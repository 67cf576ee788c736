import { createAuditHandler } from '../../shared/operations/audit/create-audit-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { connectReplica } from '../connect-replica.ts';
import { replicaCopies } from '../copies.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';

export function create(services: Services<'dynamodb' | 'remoteDynamodb'>) {
  return createAuditHandler({ definition, services, table, copies: replicaCopies({ services }) });
}

export const handler = lambda({ definition, create, connect: connectReplica });
