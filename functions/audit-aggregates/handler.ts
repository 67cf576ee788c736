import {
  type BuildPorts,
  createTotalsAuditHandler,
} from '../../shared/operations/audit/create-totals-audit-handler.ts';
import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { sourceTable } from '../../shared/sinks/search-index/resources.ts';
import { countedTotals } from '../copies.ts';
import { table } from '../table.ts';
import { auditedConsumer, definition } from './definition.ts';

const DAY_MS = 86_400_000;
const tableVariable = sourceTable.variable;

export function create(services: Services<'dynamodb'>, ports?: BuildPorts) {
  let connected: Promise<BuildPorts> | undefined;
  const connect = async () => {
    const { connectBuild } = await import('../../shared/runtime/connect-build.ts');
    return connectBuild(services.config, tableVariable);
  };
  return createTotalsAuditHandler({
    ...{ services, table, tableVariable, everyMs: 7 * DAY_MS, itemsPerS: 1_000 },
    audited: { name: auditedConsumer, ...countedTotals },
    ports: () => {
      connected ??= ports === undefined ? connect() : Promise.resolve(ports);
      return connected;
    },
  });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb } });
