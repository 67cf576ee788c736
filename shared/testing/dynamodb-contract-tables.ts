import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Names = Record<string, string>;
export type Values = Record<string, AttributeValue>;

/** What the contract needs to find, empty, before it runs. */
export const contractTables = [
  { name: 'contract-simple', partitionKey: { name: 'id', type: 'S' } },
  {
    name: 'contract-composite',
    partitionKey: { name: 'pk', type: 'S' },
    sortKey: { name: 'sk', type: 'N' },
    globalIndexes: [
      { name: 'due', partitionKey: { name: 'lane', type: 'S' }, sortKey: { name: 'dueAtMs', type: 'N' } },
    ],
  },
  { name: 'contract-binary', partitionKey: { name: 'pk', type: 'B' }, sortKey: { name: 'sk', type: 'S' } },
] as const;

/** An item with every attribute type but its key, which each test gives it. */
export const contractItem = {
  s: { S: 'hellö' },
  n: { N: '1.5' },
  big: { N: '99999999999999999999999999999999999999' },
  bytes: { B: Uint8Array.of(0, 128, 255) },
  yes: { BOOL: true },
  nothing: { NULL: true },
  ss: { SS: ['a', 'b'] },
  ns: { NS: ['1', '2'] },
  bs: { BS: [Uint8Array.of(1), Uint8Array.of(2)] },
  list_of: { L: [{ S: 'first' }, { N: '2' }] },
  doc: { M: { nested: { M: { deep: { N: '1' } } } } },
} satisfies Values;
