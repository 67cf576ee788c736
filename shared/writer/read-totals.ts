import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { addDecimals, isZeroDecimal } from '../change/decimal.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import { counterPartition, readersKey, SLICES } from '../sinks/aggregates/layout.ts';
import type { Group } from '../sinks/aggregates/total-definition.ts';

/** One group of a total, all slices added up. */
export interface GroupTotal {
  readonly group: Group;
  /** Decimal text of a whole number. */
  readonly count: string;
  /** Exact decimal text; `0` for totals that only count. */
  readonly sum: string;
}

/** Generations change once in a while: more changes than this under one read are another fault. */
const maxChanges = 10;

/**
 * The groups of a total that are not empty, by group in text order and `invalid` last; with `group` only that one, with
 * zeros when it is empty. Reads are consistent per slice, not across slices: between two commits, never within one.
 * When the totals are rebuilt, it is all of the old ones until it is all of the new ones.
 */
export async function readTotals(
  dynamodb: DynamoDb,
  options: { tableName: string; total: string; group?: string },
): Promise<readonly GroupTotal[]> {
  let generation = await readGeneration(dynamodb, options.tableName);
  for (let change = 0; change < maxChanges; change += 1) {
    const totals = await readTotalsOf(dynamodb, { ...options, generation });
    // The counters of a generation are deleted when readers have left it, perhaps while they were being read.
    const now = await readGeneration(dynamodb, options.tableName);
    if (now === generation) return totals;
    generation = now;
  }
  throw new Error(`Total "${options.total}" was rebuilt ${maxChanges} times while it was read: read it again.`);
}

async function readGeneration(dynamodb: DynamoDb, TableName: string): Promise<number> {
  const { slice = { S: '' }, group = { S: '' } } = readersKey;
  const { Items } = await dynamodb.query({
    TableName,
    KeyConditionExpression: '#slice = :slice AND #group = :group',
    ExpressionAttributeNames: { '#slice': 'slice', '#group': 'group' },
    ExpressionAttributeValues: { ':slice': slice, ':group': group },
    ConsistentRead: true,
  });
  return Number(Items?.[0]?.generation?.N ?? '1');
}

/** The same of one generation, whether readers are on it or not. */
export async function readTotalsOf(
  dynamodb: DynamoDb,
  options: { tableName: string; total: string; group?: string; generation: number },
): Promise<readonly GroupTotal[]> {
  const { tableName, total, group, generation } = options;
  const kinds: readonly Group['kind'][] = group === undefined ? ['value', 'invalid'] : ['value'];
  const partitions = kinds.flatMap((kind) =>
    Array.from({ length: SLICES }, (_, slice) => ({
      kind,
      partition: counterPartition({ total, kind, slice, generation }),
    })),
  );
  const slices = await Promise.all(
    partitions.map(async ({ kind, partition }) => {
      const rows = await readPartition(dynamodb, { tableName, partition, group });
      return rows.map((row) => toGroupTotal(row, kind));
    }),
  );
  const totals = addUp(slices.flat());
  if (group !== undefined)
    return totals.length > 0 ? totals : [{ group: { kind: 'value', value: group }, count: '0', sum: '0' }];
  return totals.filter(({ count, sum }) => !isZeroDecimal(count) || !isZeroDecimal(sum)).toSorted(byGroup);
}

async function readPartition(
  dynamodb: DynamoDb,
  { tableName, partition, group }: { tableName: string; partition: string; group: string | undefined },
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  let next: Row | undefined;
  do {
    const { Items, LastEvaluatedKey } = await dynamodb.query({
      TableName: tableName,
      KeyConditionExpression: group === undefined ? '#slice = :slice' : '#slice = :slice AND #group = :group',
      ExpressionAttributeNames: { '#slice': 'slice', ...(group === undefined ? {} : { '#group': 'group' }) },
      ExpressionAttributeValues: {
        ':slice': { S: partition },
        ...(group === undefined ? {} : { ':group': { S: group } }),
      },
      ConsistentRead: true,
      ...(next === undefined ? {} : { ExclusiveStartKey: next }),
    });
    rows.push(...(Items ?? []));
    next = LastEvaluatedKey;
  } while (next !== undefined);
  return rows;
}

type Row = Record<string, AttributeValue>;

function toGroupTotal(row: Row, kind: Group['kind']): GroupTotal {
  const group: Group = kind === 'invalid' ? { kind } : { kind, value: row.group?.S ?? '' };
  return { group, count: row.count?.N ?? '0', sum: row.sum?.N ?? '0' };
}

function addUp(slices: readonly GroupTotal[]): readonly GroupTotal[] {
  const byId = new Map<string, GroupTotal>();
  for (const { group, count, sum } of slices) {
    const id = group.kind === 'invalid' ? 'invalid' : `value#${group.value}`;
    const earlier = byId.get(id) ?? { count: '0', sum: '0' };
    byId.set(id, { group, count: addDecimals(earlier.count, count), sum: addDecimals(earlier.sum, sum) });
  }
  return [...byId.values()];
}

function byGroup({ group: a }: GroupTotal, { group: b }: GroupTotal): number {
  if (a.kind === 'invalid' || b.kind === 'invalid') return a.kind === b.kind ? 0 : a.kind === 'invalid' ? 1 : -1;
  return a.value < b.value ? -1 : a.value > b.value ? 1 : 0;
}
