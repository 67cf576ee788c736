import { expect, it } from 'vitest';
import { dynamoDbTwin } from '../../services/dynamodb/twin/dynamodb-twin.ts';
import { owed } from '../../testing/email-world.ts';
import { createLedger } from './ledger.ts';
import { ledgerTable } from './resources.ts';
import { waive } from './waive.ts';

it('a waiver holds up no insert that comes after all, which is owed its mail once', async () => {
  const nowMs = () => Date.UTC(2026, 0, 1);
  const table = { dynamodb: dynamoDbTwin({ tables: [ledgerTable], nowMs }), tableName: ledgerTable.name };
  let draws = 0;
  const random = () => (++draws * 0.618) % 1;
  const ledger = createLedger({ ...table, clock: { nowMs, sleep: async () => undefined }, random, silenceMs: 1 });
  expect(await waive(table, 'ada')).toBe(true);
  expect(await waive(table, 'ada')).toBe(false);
  expect(await ledger.reserve(owed('ada'), nowMs())).toMatchObject({ to: 'ada@example.com', state: 'reserved' });
  expect(await waive(table, 'ada')).toBe(false);
  expect(await ledger.reserve(owed('ada'), nowMs())).toBeUndefined();
  expect(await ledger.read('ada')).toMatchObject({ to: 'ada@example.com', state: 'reserved' });
});
