import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Random } from '../random.ts';

/** As DynamoDB stores it. */
export type UserItem = Record<string, AttributeValue>;

const countries = ['DE', 'FR', 'GB', 'IT', 'JP'] as const;
const plans = ['free', 'plus', 'team'] as const;
const statuses = ['active', 'invited', 'suspended'] as const;
const names = ['Ada', 'Björn', 'Chloé', "O'Neil & Söhne", '<Ito>', 'Łukasz 🙂'] as const;
const firstMs = Date.UTC(2025, 2, 1);

/**
 * A user with an address that follows from the id. One in thirty has an attribute of another type than the table
 * declares, which consumers that need it cannot accept; one in ten has passed its time to live.
 */
export function newUser(id: string, random: Random): UserItem {
  const item: UserItem = {
    id: { S: id },
    email: { S: `${id}@example.com` },
    name: { S: random.pick(names) },
    country: { S: random.pick(countries) },
    plan: { S: random.pick(plans) },
    status: { S: random.pick(statuses) },
    balance: { N: newBalance(random) },
    createdAt: { S: new Date(firstMs + random.integer(0, 40) * 61_000).toISOString() },
  };
  if (random.chance(0.03)) delete item.country;
  if (random.chance(0.1)) item.expiresAt = { N: '1700000000' };
  if (random.chance(0.05)) item.attributes = { M: { tags: { SS: ['b', 'a'] }, avatar: { B: Uint8Array.of(1, 2) } } };
  if (random.chance(1 / 30)) item[random.pick(['email', 'country', 'name'])] = { N: '42' };
  else if (random.chance(1 / 60)) item.balance = { S: 'much' };
  return item;
}

/** Up to 24 digits, 8 of them decimals, one in eight negative: no binary float holds these. */
function newBalance(random: Random): string {
  const digits = (length: number) => Array.from({ length }, () => String(random.integer(0, 9))).join('');
  const decimals = digits(random.integer(0, 8)).replace(/0+$/, '');
  const whole = `${random.integer(1, 9)}${digits(random.integer(0, 15))}`;
  return `${random.chance(1 / 8) ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}
