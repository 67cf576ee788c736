import type { EmailIdentityResource, ResourceDefinition, TableResource } from '../../runtime/consumer-definition.ts';

/**
 * One row per mail that was ever owed, kept for good: a mail whose row is gone could be sent again. A row holds the
 * address and the rendered text, because the settler must be able to send without the record; it is personal data.
 */
export const ledgerTable = {
  kind: 'table',
  name: 'email-ledger',
  variable: 'EMAIL_LEDGER_TABLE',
  partitionKey: { name: 'id', type: 'S' },
  // Sparse: only rows that still need the settler have a lane. Several lanes, because one index partition would cap
  // the whole ledger at its write limit.
  globalIndexes: [{ name: 'due', partitionKey: { name: 'lane', type: 'S' }, sortKey: { name: 'dueAtMs', type: 'N' } }],
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
} as const satisfies TableResource;

/** Addresses that bounced for good or complained: nothing is sent to them any more. */
export const suppressionTable = {
  kind: 'table',
  name: 'email-suppressions',
  variable: 'EMAIL_SUPPRESSIONS_TABLE',
  partitionKey: { name: 'address', type: 'S' },
  actions: ['dynamodb:GetItem', 'dynamodb:PutItem'],
} as const satisfies TableResource;

/** The sender. The configuration set has to publish Send, Delivery, Bounce, Complaint and Reject events. */
export const senderIdentity = {
  kind: 'emailIdentity',
  variable: 'EMAIL_SENDER',
  configurationSetVariable: 'EMAIL_CONFIGURATION_SET',
  onSilenceVariable: 'EMAIL_ON_SILENCE',
  actions: ['ses:SendEmail', 'ses:GetAccount'],
} as const satisfies EmailIdentityResource;

/** What both functions of the protocol use. */
export const emailLedgerResources: readonly ResourceDefinition[] = [ledgerTable, suppressionTable, senderIdentity];
