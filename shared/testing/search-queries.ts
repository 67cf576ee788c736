import fc from 'fast-check';
import type { JsonObject } from '../services/opensearch/json.ts';

/** Documents and queries within what the embedded search supports: the same hits are expected of every OpenSearch. */

export const comparedMappings = {
  dynamic: false,
  properties: {
    id: { type: 'keyword' },
    name: { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 12 } } },
    plan: { type: 'keyword' },
    logins: { type: 'long' },
    balance: { type: 'double' },
    createdAt: { type: 'date' },
    active: { type: 'boolean' },
    address: { properties: { city: { type: 'keyword' }, zip: { type: 'long' } } },
  },
} as const;

const names = [
  ...['ada', 'Ada Lovelace', 'jane.doe', "o'neil", 'foo-bar', 'a@b.example', '3,000', 'snake_case', 'ada ada', ''],
  ...[
    'Straße',
    'ÉCOLE été',
    '東京 tower',
    'さくら',
    '🙂 smile',
    'v1.2.3',
    'C++ c#',
    'it’s',
    'a:b',
    'line\nbreak',
    '1.5kg',
  ],
];
const plans = ['free', 'pro', 'Pro', ' pro', '', 'ünï', 'true', '7'];
const logins = [0, 1, -1, 7, 1.9, -1.9, '7', '8.5', 1_000_000, 2 ** 40];
const balances = [0, 0.1, '0.1', '10.50', -3.25, '1e3', '12345678901234567890.123456789012345678', 1e-7];
const dates = [
  ...['2026-01-01T00:00:00Z', '2026-01-01', '2026-01-01T23:59:59.999Z', '2026-01-02T00:00:00+02:00', '2026-02'],
  ...['2025', '2024-02-29T12:30Z', '1969-12-31T23:59:59Z', 1_767_225_600_000, '1767225600001'],
];
const booleans = [true, false, 'true', 'false', ''];
const cities = ['Paris', 'paris', 'Köln', 'New York', ''];

function attribute(values: readonly unknown[]): fc.Arbitrary<unknown> {
  const one = fc.constantFrom(...values);
  return fc.oneof(
    { weight: 8, arbitrary: one },
    { weight: 2, arbitrary: fc.array(one, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

/** Without `id`, which whoever writes the document adds. Attributes may be missing, null, or have several values. */
export const documentArbitrary: fc.Arbitrary<JsonObject> = fc.record(
  {
    name: attribute(names),
    plan: attribute(plans),
    logins: attribute(logins),
    balance: attribute(balances),
    createdAt: attribute(dates),
    active: attribute(booleans),
    address: fc.oneof(
      fc.record({ city: attribute(cities), zip: attribute([1, 2, 3]) }, { requiredKeys: [] }),
      fc.constant({ unheardOf: 1 }),
    ),
    undeclared: fc.constantFrom('x', 1, { y: 2 }),
  },
  { requiredKeys: [] },
);

const exactFields: Readonly<Record<string, readonly unknown[]>> = {
  'name.keyword': names,
  plan: plans,
  logins: [...logins, '1.5'],
  balance: balances,
  createdAt: dates,
  active: [true, false, 'true', 'false'],
  'address.city': cities,
  undeclared: ['x', 1],
};
const rangeFields = ['plan', 'logins', 'balance', 'createdAt', 'address.city', 'name.keyword', 'undeclared'] as const;

const exact = fc
  .constantFrom(...Object.keys(exactFields))
  .chain((field) => fc.record({ field: fc.constant(field), value: fc.constantFrom(...(exactFields[field] ?? [])) }));

const termQuery = exact.map(({ field, value }) => ({ term: { [field]: value } }));
const longTermQuery = exact.map(({ field, value }) => ({ term: { [field]: { value } } }));
const textTermQuery = fc.constantFrom(...names, 'lovelace', 'foo').map((value) => ({ term: { name: value } }));
const termsQuery = fc
  .constantFrom(...Object.keys(exactFields))
  .chain((field) =>
    fc
      .array(fc.constantFrom(...(exactFields[field] ?? [])), { maxLength: 4 })
      .map((values) => ({ terms: { [field]: values } })),
  );
const rangeQuery = fc.constantFrom(...rangeFields).chain((field) => {
  const bound = fc.constantFrom(...(exactFields[field] ?? []));
  const bounds = { gt: bound, gte: bound, lt: bound, lte: bound };
  return fc.record(bounds, { requiredKeys: [] }).map((drawn) => ({ range: { [field]: drawn } }));
});
const existsQuery = fc
  .constantFrom('name', 'name.keyword', 'plan', 'createdAt', 'address', 'address.city', 'undeclared', 'nowhere')
  .map((field) => ({ exists: { field } }));
const searchedText = fc.constantFrom(
  ...names,
  'LOVELACE ada',
  'école',
  'ete',
  'c',
  'tower 東',
  '3000',
  'doe',
  'neil',
  'smile',
);
const matchQuery = fc.oneof(
  searchedText.map((text) => ({ match: { name: text } })),
  fc
    .record({ query: searchedText, operator: fc.constantFrom('and', 'or', 'AND') })
    .map((content) => ({ match: { name: content } })),
  exact.map(({ field, value }) => ({ match: { [field]: value } })),
);

const leaf: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.constant({ match_all: {} }),
  ...[termQuery, longTermQuery, textTermQuery, termsQuery, rangeQuery, existsQuery, matchQuery],
);

const boolQuery: fc.Arbitrary<JsonObject> = fc
  .record(
    {
      must: fc.array(leaf, { maxLength: 2 }),
      filter: fc.array(leaf, { maxLength: 2 }),
      should: fc.array(leaf, { maxLength: 3 }),
      must_not: fc.array(leaf, { maxLength: 2 }),
      minimum_should_match: fc.constantFrom(0, 1, 2, -1),
    },
    { requiredKeys: [] },
  )
  .map((bool) => ({ bool }));

export const queryArbitrary: fc.Arbitrary<JsonObject> = fc.oneof(
  leaf,
  boolQuery,
  boolQuery.map((inner) => ({ bool: { must: [inner] } })),
);

const sortKey = fc
  .record({
    field: fc.constantFrom('plan', 'logins', 'balance', 'createdAt', 'active', 'address.city', 'name.keyword'),
    order: fc.constantFrom('asc', 'desc'),
    missing: fc.constantFrom('_last', '_first', undefined),
  })
  .map(({ field, order, missing }) => ({ [field]: missing === undefined ? order : { order, missing } }));

/** A search whose order is whole: the last key tells all documents apart. */
export const searchArbitrary: fc.Arbitrary<JsonObject> = fc
  .record({
    query: queryArbitrary,
    keys: fc.array(sortKey, { maxLength: 2 }),
    from: fc.constantFrom(0, 0, 3),
    size: fc.constantFrom(0, 5, 1000),
  })
  .map(({ query, keys, from, size }) => ({ query, sort: [...keys, { id: 'asc' }], from, size }));
