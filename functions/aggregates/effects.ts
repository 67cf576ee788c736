import { aggregateEffects, contributionAfter } from '../../shared/sinks/aggregates/effects.ts';
import { table } from '../table.ts';
import { totals } from './totals.ts';

/** What a change of the users table adds to its aggregates. */
export const effects = aggregateEffects({ table, totals });

/** What a user adds to the aggregates as the change leaves it. */
export const contribution = contributionAfter({ table, totals });
