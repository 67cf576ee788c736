import type { BackfillSources } from '../shared/operations/backfill/backfill.ts';
import { effects } from './aggregates/effects.ts';
import { totals } from './aggregates/totals.ts';
import { copies as replicator } from './replicator/copies.ts';
import { copies as searchIndex } from './search-index/copies.ts';
import { copies as welcomeEmail } from './welcome-email/copies.ts';

/** What consumers keep of each item, by their names. */
export const copies = { 'search-index': searchIndex, replicator, 'welcome-email': welcomeEmail };

/** What the consumers keep of the table: what can be filled from it, audited and repaired. */
export const backfillSources: BackfillSources = { totals: { aggregates: { totals, effects } }, copies };
