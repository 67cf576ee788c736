import { aggregateEffects } from '../../shared/sinks/aggregates/effects.ts';
import { table } from '../table.ts';
import { totals } from './totals.ts';

/** What a change of the users table adds to its aggregates. */
export const effects = aggregateEffects({ table, totals });
