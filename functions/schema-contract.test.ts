import { createHash } from 'node:crypto';
import type { AttributeMap } from '../shared/change/attribute-value.ts';
import type { SchemaUnderTest } from '../shared/testing/schema-contract.ts';
import { describeSchemaContract } from '../shared/testing/schema-contract-suite.ts';
import { secondSchema } from '../shared/testing/second-schema.ts';
import { totals } from './aggregates/totals.ts';
import { searchFields, searchIndexEffects } from './search-index/effects.ts';
import { table } from './table.ts';

/** Beyond what OpenSearch takes as a document id, and a user whose id is what the first is called there. */
const long = 'x'.repeat(600);
const idOfLong = `sha256:${createHash('sha256').update(`${long}1`).digest('hex')}`;

const users: SchemaUnderTest = {
  table,
  totals,
  keys: ['u-1', 'U-1', 'ü', `${long}1`, `${long}2`, idOfLong].map((id) => ({ id: { S: id } })),
  contents: (choose, nowMs): AttributeMap => {
    const createdAt = new Date(nowMs - choose.integer(0, 2) * 86_400_000).toISOString();
    return {
      email: { S: choose.pick(['ada@example.com', 'bob@example.com']) },
      name: { S: choose.pick(['Ada', 'Bob']) },
      country: { S: choose.pick(['DE', 'FR', 'JP']) },
      plan: { S: choose.pick(['free', 'team']) },
      status: { S: choose.pick(['active', 'blocked']) },
      balance: { N: choose.pick(['0', '12.50', '-0.00000001', '99999999999999999999']) },
      // A day of another zone: a date to search by, none to count by.
      createdAt: { S: choose.pick([createdAt, createdAt, '2026-01-01T00:00:00+02:00']) },
      ...(choose.once(4) ? { expiresAt: { N: `${Math.floor(nowMs / 1000) + choose.integer(0, 3)}` } } : {}),
      attributes: { M: { shoe: { N: `${choose.integer(1, 3)}` } } },
    };
  },
  entityOf: () => 'user',
};

for (const schema of [users, secondSchema]) {
  describeSchemaContract(schema, { effects: searchIndexEffects, fields: searchFields });
}
