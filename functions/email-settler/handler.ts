import type { BatchResponse } from '../../shared/batch/response.ts';
import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { connectEmail } from '../../shared/runtime/connect-email.ts';
import { createHandler } from '../../shared/runtime/create-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import { loggable } from '../../shared/runtime/safe-error.ts';
import type { Invoke, Services } from '../../shared/runtime/services.ts';
import { createEmailPost, emailMetrics } from '../../shared/sinks/email-ledger/email-post.ts';
import { withQuotaObserved } from '../../shared/sinks/email-ledger/observed-quota.ts';
import { ledgerTable, senderIdentity, suppressionTable } from '../../shared/sinks/email-ledger/resources.ts';
import { createSettler } from '../../shared/sinks/email-ledger/settler.ts';
import { silencePolicyOf } from '../../shared/sinks/email-ledger/silence.ts';
import { definition } from './definition.ts';

/** Answers to its schedule and to batches of SES events from their queue. */
export function create(services: Services<'dynamodb' | 'email'>): Invoke<BatchResponse> {
  const { config, dynamodb, metrics, log } = services;
  const policy = silencePolicyOf(config.value(senderIdentity.onSilenceVariable));
  const tables = { ledger: config.value(ledgerTable.variable), suppressions: config.value(suppressionTable.variable) };
  const post = createEmailPost({
    ...services,
    email: withQuotaObserved(services.email, (percent) => metrics.add('EmailQuotaUsedPercent', percent)),
    tables,
    from: config.value(senderIdentity.variable),
    configurationSet: config.value(senderIdentity.configurationSetVariable),
    policy,
    observe: (step) => metrics.add(emailMetrics[step], 1),
  });
  const settler = createSettler({
    post,
    table: { dynamodb, tableName: tables.ledger },
    onSilence: policy.onSilence,
    onFailure: (error) => log.error('An SES event was not taken', loggable(error)),
  });
  return createHandler({
    services,
    run: (event, context) => settler(event, { remainingMs: () => context.getRemainingTimeInMillis() }),
  });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb, email: connectEmail } });
