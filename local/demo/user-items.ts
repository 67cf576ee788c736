/** The users that the demo writes: invented people whose every value follows from the seed. */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { SeededRandom } from './seeded-random.ts';

export type Item = Record<string, AttributeValue>;

/** An attribute whose type is wrong, so that consumers which need it cannot accept the item. */
export type PoisonedAttribute = 'email' | 'name' | 'country' | 'balance';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly country: string;
  readonly plan: string;
  readonly status: string;
  /** Decimal text in DynamoDB's own form: no exponent, no needless zeros. */
  readonly balance: string;
  readonly createdAt: string;
  readonly attributes: Item;
}

const countries = ['DE', 'FR', 'GB', 'IT', 'JP', 'NL', 'PL', 'US'] as const;
const plans = ['free', 'plus', 'team'] as const;
const statuses = ['active', 'invited', 'suspended'] as const;
const givenNames = ['Ada', 'Björn', 'Chloé', 'Dai', 'Émile', 'Farah', 'Grace', 'Hiroshi', 'Ines', 'Łukasz'] as const;
const familyNames = ['Abe', 'Brown', 'Costa', "D'Arc", 'Evans', 'Fischer & Sons', 'García', 'Hopper', '<Ito>'] as const;
const firstCreationMs = Date.UTC(2026, 2, 1);
const creationSpanMs = 3 * 24 * 60 * 60_000;

/** The address follows from the number alone: an id that is deleted and inserted again keeps it. */
export function newUser(number: number, random: SeededRandom): User {
  const id = `user-${String(number).padStart(6, '0')}`;
  return {
    id,
    email: `${id}@example.com`,
    name: newName(random),
    country: random.pick(countries),
    plan: random.pick(plans),
    status: random.pick(statuses),
    balance: newBalance(random),
    createdAt: new Date(firstCreationMs + random.integer(0, creationSpanMs)).toISOString(),
    attributes: newAttributes(random),
  };
}

/** Changes the group that the user is counted in. */
export function move(user: User, random: SeededRandom): Partial<User> {
  const other = (values: readonly [string, ...string[]], current: string) => {
    const at = values.indexOf(current) + random.integer(1, values.length - 1);
    return values[at % values.length] ?? values[0];
  };
  switch (random.integer(0, 2)) {
    case 0:
      return { country: other(countries, user.country) };
    case 1:
      return { plan: other(plans, user.plan) };
    default:
      return { status: other(statuses, user.status) };
  }
}

/** Changes something else. */
export function edit(random: SeededRandom): Partial<User> {
  switch (random.integer(0, 3)) {
    case 0:
      return { name: newName(random) };
    case 1:
      return { attributes: newAttributes(random) };
    default:
      return { balance: newBalance(random) };
  }
}

export function toItem(user: Partial<User>, poisoned?: PoisonedAttribute): Item {
  const item: Item = {};
  for (const [name, value] of Object.entries(user)) {
    if (typeof value === 'object') item[name] = { M: value };
    else item[name] = name === 'balance' ? { N: value } : { S: value };
  }
  if (poisoned !== undefined && item[poisoned] !== undefined) {
    item[poisoned] = poisoned === 'balance' ? { S: 'much' } : { N: '42' };
  }
  return item;
}

function newName(random: SeededRandom): string {
  return `${random.pick(givenNames)} ${random.pick(familyNames)}`;
}

/** Up to 24 significant digits, up to 8 of them decimals, one in eight negative: no binary float holds these. */
function newBalance(random: SeededRandom): string {
  const digits = (length: number) => Array.from({ length }, () => String(random.integer(0, 9))).join('');
  const whole = `${random.integer(1, 9)}${digits(random.integer(0, 15))}`;
  const decimals = digits(random.integer(0, 8)).replace(/0+$/, '');
  return `${random.chance(1 / 8) ? '-' : ''}${whole}${decimals === '' ? '' : `.${decimals}`}`;
}

/** Free attributes; one user in ten has every attribute type that DynamoDB knows. */
function newAttributes(random: SeededRandom): Item {
  const visits: Item = { visits: { N: String(random.integer(0, 1_000_000)) } };
  if (!random.chance(0.1)) return visits;
  const byte = () => random.integer(0, 255);
  return {
    ...visits,
    note: { S: `“${newName(random)}” 🙂` },
    precise: { N: '0.1234567890123456789012345678901234567' },
    avatar: { B: Uint8Array.of(byte(), byte(), byte()) },
    newsletter: { BOOL: random.chance(0.5) },
    referrer: { NULL: true },
    tags: { SS: ['early', 'loud'] },
    scores: { NS: ['1', '2.5'] },
    keys: { BS: [Uint8Array.of(1, byte()), Uint8Array.of(2, byte())] },
    history: { L: [{ S: 'signed up' }, { N: String(byte()) }] },
    address: { M: { city: { S: 'Łódź' }, floor: { N: '3' } } },
  };
}
