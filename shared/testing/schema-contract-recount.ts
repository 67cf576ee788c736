import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import { addDecimals, canonicalDecimal } from '../change/decimal.ts';
import type { TotalDefinition } from '../sinks/aggregates/total-definition.ts';
import { documentId } from '../sinks/search-index/document.ts';
import type { GroupTotal } from '../writer/read-totals.ts';
import type { SchemaUnderTest } from './schema-contract.ts';

/** The totals of a table as it stands, counted in the plainest way: what the aggregates must come to. */
export function recountTotals(
  schema: SchemaUnderTest,
  items: readonly AttributeMap[],
): Readonly<Record<string, readonly GroupTotal[]>> {
  return Object.fromEntries(
    schema.totals.map((total) => {
      const counted = items.filter((item) => schema.entityOf(item) === total.entity);
      return [total.name, groupsOf(total, counted)];
    }),
  );
}

function groupsOf(total: TotalDefinition, items: readonly AttributeMap[]): readonly GroupTotal[] {
  const groups = new Map<string, GroupTotal>();
  for (const item of items) {
    const amount = amountOf(total, item);
    if (amount === undefined) continue;
    const { group, sum } = amount;
    const id = group.kind === 'value' ? `0${group.value}` : '1';
    const earlier = groups.get(id) ?? { group, count: '0', sum: '0' };
    groups.set(id, { group, count: `${Number(earlier.count) + 1}`, sum: addDecimals(earlier.sum, sum) });
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

function amountOf({ by, where, sum }: TotalDefinition, item: AttributeMap): Omit<GroupTotal, 'count'> | undefined {
  const invalid = { group: { kind: 'invalid' }, sum: '0' } as const;
  const condition = where && textOf(item[where.attribute]);
  if (condition === 'another type') return invalid;
  if (where && condition !== where.equals) return undefined;
  const text = textOf(item[by.attribute]);
  if (text === 'absent') return undefined;
  if (text === 'another type' || (by.per && !/^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text))) return invalid;
  const amount = sum === undefined ? undefined : item[sum];
  if (amount !== undefined && !('N' in amount)) return invalid;
  const value = by.per === undefined ? text : text.slice(0, by.per === 'day' ? 10 : 16);
  return { group: { kind: 'value', value }, sum: canonicalDecimal(amount?.N ?? '0') ?? '0' };
}

function textOf(value: AttributeValue | undefined): string {
  if (value === undefined) return 'absent';
  return 'S' in value ? value.S : 'another type';
}

/** The searched attributes of every item of a declared entity, by document id. */
export function recountDocuments(
  schema: SchemaUnderTest,
  items: readonly AttributeMap[],
): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const { partitionKey, sortKey, entities } = schema.table;
  const documents = new Map<string, Readonly<Record<string, unknown>>>();
  for (const item of items) {
    const entity = entities.find(({ name }) => name === schema.entityOf(item));
    if (entity === undefined) continue;
    const keyNames = [partitionKey, sortKey].flatMap((key) => (key === undefined ? [] : [key.name]));
    const keys = Object.fromEntries(Object.entries(item).filter(([name]) => keyNames.includes(name)));
    const searched = Object.entries(item).filter(([name]) => entity.attributes[name]?.search !== undefined);
    documents.set(
      documentId(keys, schema.table),
      Object.fromEntries(searched.map(([name, value]) => [name, plain(value)])),
    );
  }
  return documents;
}

function plain(value: AttributeValue): unknown {
  if ('N' in value) return canonicalDecimal(value.N);
  return 'S' in value ? value.S : 'BOOL' in value ? value.BOOL : 'SS' in value ? value.SS : undefined;
}
