import type { ConsumerDefinition } from '../shared/runtime/consumer-definition.ts';
import { definition as aggregates } from './aggregates/definition.ts';
import { definition as archive } from './archive/definition.ts';
import { definition as auditAggregates } from './audit-aggregates/definition.ts';
import { definition as auditEmail } from './audit-email/definition.ts';
import { definition as auditReplica } from './audit-replica/definition.ts';
import { definition as auditSearch } from './audit-search/definition.ts';
import { definition as canaryAggregates } from './canary-aggregates/definition.ts';
import { definition as canaryEmail } from './canary-email/definition.ts';
import { definition as canaryReplica } from './canary-replica/definition.ts';
import { definition as canarySearch } from './canary-search/definition.ts';
import { definition as emailSettler } from './email-settler/definition.ts';
import { definition as replicator } from './replicator/definition.ts';
import { definition as searchIndex } from './search-index/definition.ts';
import { definition as tombstoneSweep } from './tombstone-sweep/definition.ts';
import { definition as usageAnalytics } from './usage-analytics/definition.ts';
import { definition as welcomeEmail } from './welcome-email/definition.ts';

/**
 * Every function of the pipeline: the one list that deployment, laptop, replay and tests read. A consumer is its folder
 * `functions/<name>/` and its line here.
 */
export const registry: readonly ConsumerDefinition[] = [
  aggregates,
  replicator,
  searchIndex,
  welcomeEmail,
  emailSettler,
  usageAnalytics,
  archive,
  tombstoneSweep,
  auditAggregates,
  auditSearch,
  auditReplica,
  auditEmail,
  canaryAggregates,
  canarySearch,
  canaryReplica,
  canaryEmail,
];
