import type { TotalDefinition } from '../../shared/sinks/aggregates/total-definition.ts';

/** The aggregates of the users table. A new one counts changes from its deployment on: build it to include the past. */
export const totals: readonly TotalDefinition[] = [
  { name: 'users-by-country', entity: 'user', by: { attribute: 'country' }, sum: 'balance' },
  { name: 'users-by-plan', entity: 'user', by: { attribute: 'plan' }, sum: 'balance' },
  { name: 'users-by-day', entity: 'user', by: { attribute: 'createdAt', per: 'day' }, sum: 'balance' },
  { name: 'users-by-minute', entity: 'user', by: { attribute: 'createdAt', per: 'minute' }, sum: 'balance' },
  {
    name: 'active-users-by-country',
    entity: 'user',
    by: { attribute: 'country' },
    where: { attribute: 'status', equals: 'active' },
  },
];
