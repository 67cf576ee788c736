import type { Clock, Random } from '../../batch/clock.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import type { EmailService } from '../../services/ses/port.ts';
import { createLedger } from './ledger.ts';
import type { EmailPost, EmailStep } from './send-attempt.ts';
import type { SilencePolicy } from './silence.ts';
import { createSuppressions } from './suppressions.ts';

export interface EmailPostOptions {
  readonly dynamodb: DynamoDb;
  readonly email: EmailService;
  readonly clock: Clock;
  readonly random: Random;
  readonly tables: { readonly ledger: string; readonly suppressions: string };
  readonly from: string;
  /** Publishes the events to the settler. */
  readonly configurationSet: string;
  readonly policy: SilencePolicy;
  readonly observe: (step: EmailStep) => void;
}

/** The ledger, SES and the rules between them, as both functions of the protocol use them. */
export function createEmailPost(options: EmailPostOptions): EmailPost {
  const { dynamodb, email, clock, random, tables, from, configurationSet, policy, observe } = options;
  return {
    ledger: createLedger({ dynamodb, tableName: tables.ledger, clock, random, silenceMs: policy.silenceMs }),
    suppressions: createSuppressions(dynamodb, tables.suppressions),
    email,
    clock,
    sender: { from, configurationSet, leaseMs: policy.leaseMs },
    observe,
  };
}

/** The metric of each step. */
export const emailMetrics = {
  sent: 'EmailsSent',
  delivered: 'EmailsDelivered',
  refused: 'EmailsRefused',
  unknown: 'EmailsUnknown',
  suppressed: 'EmailsSuppressed',
  parked: 'EmailsParked',
  rejected: 'EmailsRejected',
  bounced: 'EmailsBounced',
  complained: 'EmailsComplained',
} as const satisfies Record<EmailStep, string>;
