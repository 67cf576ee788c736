import { describe, expect, it } from 'vitest';
import { dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import { counterKey } from '../sinks/aggregates/layout.ts';
import { countersTable } from '../sinks/aggregates/resources.ts';
import type { Group } from '../sinks/aggregates/total-definition.ts';
import { readTotals } from './read-totals.ts';

const total = 'by-country';
const value = (text: string): Group => ({ kind: 'value', value: text });

async function stored(rows: readonly { group: Group; slice: number; count: number; sum?: string }[]) {
  const twin = dynamoDbTwin({ tables: [countersTable] });
  for (const { group, slice, count, sum } of rows) {
    const amounts = { count: { N: String(count) }, ...(sum === undefined ? {} : { sum: { N: sum } }) };
    const Item = { ...counterKey({ total, group }, { slice, generation: 1 }), ...amounts };
    await twin.putItem({ TableName: countersTable.name, Item });
  }
  return (group?: string) =>
    readTotals(twin, { tableName: countersTable.name, total, ...(group === undefined ? {} : { group }) });
}

describe('readTotals', () => {
  it('adds the slices up exactly, beyond the digits of a double', async () => {
    const read = await stored([
      { group: value('DE'), slice: 0, count: 5, sum: '12345678901234567890.12345678' },
      { group: value('DE'), slice: 7, count: -2, sum: '-0.00000001' },
    ]);
    expect(await read()).toEqual([{ group: value('DE'), count: '3', sum: '12345678901234567890.12345677' }]);
  });

  it('leaves out groups that are empty again, and lists the invalid last', async () => {
    const read = await stored([
      { group: value('FR'), slice: 1, count: 1, sum: '0' },
      { group: value('invalid'), slice: 1, count: 2, sum: '0' },
      { group: { kind: 'invalid' }, slice: 1, count: 3 },
      { group: value('DE'), slice: 0, count: 1, sum: '4' },
      { group: value('DE'), slice: 3, count: -1, sum: '-4' },
    ]);
    expect(await read()).toEqual([
      { group: value('FR'), count: '1', sum: '0' },
      { group: value('invalid'), count: '2', sum: '0' },
      { group: { kind: 'invalid' }, count: '3', sum: '0' },
    ]);
  });

  it('reads one group alone, empty or not', async () => {
    const read = await stored([{ group: value('DE'), slice: 2, count: 1, sum: '4' }]);
    expect(await read('DE')).toEqual([{ group: value('DE'), count: '1', sum: '4' }]);
    expect(await read('FR')).toEqual([{ group: value('FR'), count: '0', sum: '0' }]);
  });
});
