import type { Check } from './check.ts';
import { eventChecks } from './event-checks.ts';
import { failureChecks } from './failure-checks.ts';

/** Everything that is looked at. */
export const checks: readonly Check[] = [...eventChecks, ...failureChecks];
