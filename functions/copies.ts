import type { BackfillSources, TotalsSource } from '../shared/operations/backfill/backfill.ts';
import { effects } from './aggregates/effects.ts';
import { totals } from './aggregates/totals.ts';
import { copies as replicaCopies } from './replicator/copies.ts';
import { copies as searchCopies } from './search-index/copies.ts';
import { copies as emailCopies } from './welcome-email/copies.ts';

/** What `aggregates` counts, and by what. */
export const countedTotals: TotalsSource = { totals, effects };

// One by one as well: a function that is about one of them is bundled without the others.
export { emailCopies, replicaCopies, searchCopies };

/** What the consumers keep of the table, by their names: what can be filled from it, audited and repaired. */
export const backfillSources: BackfillSources = {
  totals: { aggregates: countedTotals },
  copies: { 'search-index': searchCopies, replicator: replicaCopies, 'welcome-email': emailCopies },
};
