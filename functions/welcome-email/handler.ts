import { connectDynamoDb } from '../../shared/runtime/connect-dynamodb.ts';
import { connectEmail } from '../../shared/runtime/connect-email.ts';
import { createStreamHandler } from '../../shared/runtime/create-stream-handler.ts';
import { lambda } from '../../shared/runtime/lambda.ts';
import type { Services } from '../../shared/runtime/services.ts';
import { createEmailPost, emailMetrics } from '../../shared/sinks/email-ledger/email-post.ts';
import { ledgerTable, senderIdentity, suppressionTable } from '../../shared/sinks/email-ledger/resources.ts';
import { silencePolicyOf } from '../../shared/sinks/email-ledger/silence.ts';
import { createEmailLedgerSink } from '../../shared/sinks/email-ledger/sink.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { welcomeEmailEffects } from './effects.ts';

export function create(services: Services<'dynamodb' | 'email'>) {
  const { config, metrics } = services;
  const post = createEmailPost({
    ...services,
    tables: { ledger: config.value(ledgerTable.variable), suppressions: config.value(suppressionTable.variable) },
    from: config.value(senderIdentity.variable),
    configurationSet: config.value(senderIdentity.configurationSetVariable),
    policy: silencePolicyOf(config.value(senderIdentity.onSilenceVariable)),
    observe: (step) => metrics.add(emailMetrics[step], 1),
  });
  return createStreamHandler({
    definition,
    table,
    effects: welcomeEmailEffects(table),
    sink: createEmailLedgerSink(post),
    services,
  });
}

export const handler = lambda({ definition, create, connect: { dynamodb: connectDynamoDb, email: connectEmail } });
