import { expect, it } from 'vitest';
import { snapshotItem } from '../shared/operations/snapshot-item.ts';
import { operatedTarget } from '../shared/testing/operated-target.ts';
import { backfillSources } from './copies.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const keys = { id: { S: 'ada' } };
const stamp = `1767268800000000/00000/${'eu-central-1'.padEnd(20, '_')}`;

function pipeline() {
  const operated = operatedTarget({ table, registry });
  const { target, clock } = operated;
  const snapshot = () =>
    snapshotItem({ target, clock, table, sources: backfillSources, random: () => 0.5, keys, consumer: 'all' });
  return { ...operated, snapshot };
}

it('a snapshot brings an item to search and to the other region, and tells what was wrong before', async () => {
  const { dynamodb, remoteDynamodb, search, index, snapshot } = pipeline();
  const Item = { ...keys, email: { S: 'ada@example.com' }, country: { S: 'DE' }, _v: { S: stamp } };
  await dynamodb.putItem({ TableName: table.name, Item });
  expect(await snapshot()).toMatchObject([
    { consumer: 'replicator', kind: 'applied', difference: { kind: 'missing' } },
    { consumer: 'search-index', kind: 'applied', difference: { kind: 'missing' } },
  ]);
  expect((await search.get({ index, ids: ['ada'] })).get('ada')?.document).toMatchObject({ country: 'DE' });
  expect(remoteDynamodb.items(table.name)).toEqual([Item]);
  const [again] = await snapshot();
  expect(again).toEqual({ region: 'eu-central-1', consumer: 'replicator', kind: 'duplicate' });
});

it('a snapshot of an item that is gone removes its document, and leaves the other region’s item alone', async () => {
  const { remoteDynamodb, search, index, now, snapshot } = pipeline();
  const version = BigInt(now.ms - 3_600_000) * 1000n;
  await search.bulk([{ op: 'index', index, id: 'ada', version, versionType: 'external', documentJson: '{}' }]);
  const there = { ...keys, _v: { S: stamp } };
  await remoteDynamodb.putItem({ TableName: table.name, Item: there });
  expect(await snapshot()).toMatchObject([
    { consumer: 'replicator', kind: 'filtered', difference: { kind: 'leftover' } },
    { consumer: 'search-index', kind: 'applied', difference: { kind: 'leftover' } },
  ]);
  expect((await search.get({ index, ids: ['ada'] })).get('ada')?.document).toMatchObject({
    tributary: { deleted: true },
  });
  expect(remoteDynamodb.items(table.name)).toEqual([there]);
});
