import { describe, expect, it } from 'vitest';
import type { AttributeMap } from '../shared/change/attribute-value.ts';
import { type AuditOptions, type AuditResult, isGreen } from '../shared/operations/audit/audit.ts';
import { runAudit } from '../shared/operations/audit/run-audit.ts';
import { runBackfill } from '../shared/operations/backfill/run-backfill.ts';
import { toItem } from '../shared/services/dynamodb/image.ts';
import type { BulkOperation } from '../shared/services/opensearch/port.ts';
import { counterKey } from '../shared/sinks/aggregates/layout.ts';
import { operatedTarget } from '../shared/testing/operated-target.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { backfillSources } from './copies.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const stampAt = (microseconds: number, region: string) => `${microseconds}/00000/${region.padEnd(20, '_')}`;
const stamp = stampAt(1767200000000000, 'eu-central-1');
const all = { table, sources: backfillSources, random: () => 0.5, lagMaxMs: 30_000, report: () => undefined };

function userItem(id: string, more: AttributeMap = {}) {
  const fixed = { id: { S: id }, email: { S: `${id}@example.com` }, country: { S: 'DE' }, balance: { N: '2' } };
  return toItem({ ...fixed, _v: { S: stamp }, ...more });
}

/** Three users whom every consumer has, except that nobody is owed an email. */
async function pipeline() {
  const operated = operatedTarget({ table, registry });
  const { target, now, dynamodb, search, index } = operated;
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
    },
  };
  const put = (id: string, more?: AttributeMap) =>
    dynamodb.putItem({ TableName: table.name, Item: userItem(id, more) });
  for (const id of ['ada', 'bob', 'cleo']) await put(id);
  await runBackfill({ ...all, target, clock, consumer: 'all' });
  now.ms += 600_000;
  const audit = (options: { readonly consumer: string } & Partial<AuditOptions>): Promise<readonly AuditResult[]> =>
    runAudit({ ...all, ...{ target, clock, repair: false, graceMs: 15_000, patienceMs: 300_000 }, ...options });
  /** As nobody but a person or a lost change would leave it. */
  const damageDocument = async (id: string, documentJson: string) => {
    const write: Omit<BulkOperation & { op: 'index' }, 'version'> = {
      op: 'index',
      index,
      id,
      versionType: 'external_gte',
      documentJson,
    };
    const stored = (await search.get({ index, ids: [id] })).get(id);
    await search.bulk([{ ...write, version: stored?.version ?? 1n }]);
  };
  return { ...operated, put, audit, damageDocument };
}

describe('audit of a search index', () => {
  it('is green when every document equals its item', async () => {
    const { audit } = await pipeline();
    const results = await audit({ consumer: 'search-index' });
    expect(results).toMatchObject([{ items: 3, differences: [] }]);
    expect(results.every(isGreen)).toBe(true);
  });

  it('tells what is missing and what differs, by the names of attributes, and repairs it', async () => {
    const { audit, damageDocument, put, search, index } = await pipeline();
    await put('dan');
    await damageDocument('bob', '{"id":"bob","country":"FR"}');
    const [found] = await audit({ consumer: 'search-index' });
    expect(found).toMatchObject({
      differences: [
        { keys: { id: { S: 'bob' } }, kind: 'differs', detail: 'balance, country, email', isRepaired: false },
        { keys: { id: { S: 'dan' } }, kind: 'missing', reason: 'no failure is kept that would explain it' },
      ],
    });
    expect(found && isGreen(found)).toBe(false);
    const repaired = await audit({ consumer: 'search-index', repair: true });
    expect(repaired.every(isGreen)).toBe(true);
    expect((await search.get({ index, ids: ['bob'] })).get('bob')?.document).toMatchObject({ country: 'DE' });
    expect(await audit({ consumer: 'search-index' })).toMatchObject([{ differences: [] }]);
  });

  it('S5: a repair counts only when its snapshot is newer than what the index was told last', async () => {
    const { audit, put, search, index, now } = await pipeline();
    // Told of the first put just now; the one that followed was too large for the stream and never came.
    const told = { id: 'dan', version: BigInt(now.ms) * 1000n, documentJson: '{"id":"dan","country":"FR"}' };
    await put('dan');
    await search.bulk([{ op: 'index', index, versionType: 'external', ...told }]);
    const differences = [{ keys: { id: { S: 'dan' } }, isRepaired: true }];
    expect(await audit({ consumer: 'search-index', repair: true })).toMatchObject([{ differences }]);
    expect((await search.get({ index, ids: ['dan'] })).get('dan')?.document).toMatchObject({ country: 'DE' });
  });

  it('finds what is left of an item that is gone, and removes it', async () => {
    const { audit, damageDocument, search, index } = await pipeline();
    const mark = { changes: ['x'], changedAt: '2026-01-01T11:00:00.000Z', deleted: false };
    await damageDocument('ghost', JSON.stringify({ id: 'ghost', country: 'FR', tributary: mark }));
    expect(await audit({ consumer: 'search-index' })).toMatchObject([
      { differences: [{ keys: { id: { S: 'ghost' } }, kind: 'leftover' }] },
    ]);
    expect((await audit({ consumer: 'search-index', repair: true })).every(isGreen)).toBe(true);
    const visible = [{ field: 'tributary.deleted', equals: false }];
    expect(await search.search({ index, filters: visible, limit: 10 })).toHaveLength(3);
  });

  it('shows in a dry run what a repair would write, and writes nothing', async () => {
    const { audit, put, search, index } = await pipeline();
    await put('dan');
    const planned: string[] = [];
    await audit({
      ...{ consumer: 'search-index', repair: true },
      dryRun: ({ action, key }) => void planned.push(`${action} ${key}`),
    });
    expect(planned).toEqual(['index dan']);
    expect((await search.get({ index, ids: ['dan'] })).size).toBe(0);
  });

  it('names the dead letter that holds the change', async () => {
    const { audit, put, failures } = await pipeline();
    await put('dan', { country: { N: '7' } });
    const data = { Keys: { id: { S: 'dan' } }, NewImage: { id: { S: 'dan' } }, SequenceNumber: '1' };
    const record = {
      ...{ eventName: 'INSERT', eventSourceARN: 'arn:aws:dynamodb:r:1:table/users/stream/x', eventID: 'e' },
      dynamodb: { ...data, ApproximateCreationDateTime: 1, StreamViewType: 'NEW_AND_OLD_IMAGES' },
    };
    const times = { firstSeenAt: '2026-01-01T00:00:00Z', lastSeenAt: '2026-01-01T00:00:00Z', attempts: 1 };
    const position = { streamArn: 'arn', sequenceNumber: '1' };
    const error = { code: 'invalid-attribute', message: 'newImage.country' };
    const body = JSON.stringify({ ...times, consumer: 'search-index', state: 'pending', error, record, position });
    await failures.put({ key: 'dead-letters/search-index/x.json', body, contentType: 'application/json' });
    expect(await audit({ consumer: 'search-index', repair: true })).toMatchObject([
      { differences: [{ kind: 'missing', reason: expect.stringContaining('refused'), isRepaired: false }] },
    ]);
    expect(await audit({ consumer: 'search-index' })).toMatchObject([
      { differences: [{ reason: 'dead letter, pending: invalid-attribute, dead-letters/search-index/x.json' }] },
    ]);
  });

  it('counts no difference that goes away while it looks', async () => {
    const { audit, put, damageDocument } = await pipeline();
    await put('dan');
    const report: AuditOptions['report'] = (progress) => {
      if (progress.step === 'settling')
        void damageDocument(
          'dan',
          JSON.stringify({ id: 'dan', email: 'dan@example.com', country: 'DE', balance: '2' }),
        );
    };
    expect(await audit({ consumer: 'search-index', report })).toMatchObject([{ differences: [] }]);
  });

  it('waits for a consumer that is behind, and says so when its patience ends', async () => {
    const { audit, put, region } = await pipeline();
    await put('dan');
    const view = { region: region.name, consumer: 'search-index', behind: 1, state: 'running' } as const;
    let processed = 0;
    const mappings = { read: async () => [{ ...view, oldestMs: 400_000, recordAgeMaxMs: 0, processed: ++processed }] };
    expect(await audit({ consumer: 'search-index', mappings, lagMaxMs: 500_000 })).toMatchObject([
      { differences: [{ kind: 'missing', reason: 'its consumer is 400 s behind' }] },
    ]);
  });

  it.each([
    { state: 'paused' as const, says: /^search-index in \S+ is paused.*`npx tributary resume search-index`/ },
    { state: 'running' as const, says: /^search-index in \S+ has taken no record for 30 s although some wait/ },
  ])('does not wait for one that takes nothing, $state as it is', async ({ state, says }) => {
    const { audit, put, region } = await pipeline();
    await put('dan');
    const view = { region: region.name, consumer: 'search-index', behind: 1, state, processed: 7 };
    const mappings = { read: async () => [{ ...view, oldestMs: 40_000, recordAgeMaxMs: 0 }] };
    await expect(audit({ consumer: 'search-index', mappings, lagMaxMs: 500_000 })).rejects.toThrow(says);
  });

  it('goes on where a killed process was', async () => {
    const { audit, put, failures } = await pipeline();
    for (let at = 0; at < 450; at += 1) await put(`u${String(at).padStart(4, '0')}`);
    let pages = 0;
    const report: AuditOptions['report'] = ({ step }) => {
      if (step !== 'comparing') return;
      pages += 1;
      if (pages === 2) throw Object.assign(new Error('killed'), { name: 'AccessDeniedException' });
    };
    await expect(audit({ consumer: 'search-index', report })).rejects.toThrow();
    const [result] = await audit({ consumer: 'search-index' });
    expect(result).toMatchObject({ items: 453 });
    expect(result?.differences).toHaveLength(450);
    expect(await failures.get('operations/audit-search-index.json')).toBe('null');
  });
});

describe('audit of the other region', () => {
  it('tells what is missing there or differs, and repairs what is older there', async () => {
    const { audit, put, remoteDynamodb } = await pipeline();
    await put('dan');
    const Item = userItem('bob', { country: { S: 'FR' }, _v: { S: stampAt(1767100000000000, 'eu-west-1') } });
    await remoteDynamodb.putItem({ TableName: table.name, Item });
    expect(await audit({ consumer: 'replicator' })).toMatchObject([
      { differences: [{ kind: 'differs', detail: '_v, country' }, { kind: 'missing' }] },
    ]);
    const repaired = await audit({ consumer: 'replicator', repair: true });
    expect(repaired.every(isGreen)).toBe(true);
    expect(await audit({ consumer: 'replicator' })).toMatchObject([{ differences: [] }]);
  });

  it('leaves what is newer there for the other region to bring', async () => {
    const { audit, remoteDynamodb } = await pipeline();
    const Item = userItem('bob', { country: { S: 'FR' }, _v: { S: stampAt(1767300000000000, 'eu-west-1') } });
    await remoteDynamodb.putItem({ TableName: table.name, Item });
    expect(await audit({ consumer: 'replicator', repair: true })).toMatchObject([
      { differences: [{ kind: 'differs', isRepaired: false }] },
    ]);
    const there = await remoteDynamodb.getItem({ TableName: table.name, Key: { id: { S: 'bob' } } });
    expect(there.Item?.country).toEqual({ S: 'FR' });
  });
});

describe('audit of aggregates', () => {
  const german = { total: 'users-by-country', group: { kind: 'value', value: 'DE' } } as const;

  it('is green when a generation built beside them adds up to the same', async () => {
    const { audit, dynamodb } = await pipeline();
    expect(await audit({ consumer: 'aggregates' })).toMatchObject([{ outcome: 'equal', differences: [] }]);
    expect(await readTotals(dynamodb, { tableName: 'aggregates', total: german.total })).toMatchObject([
      { count: '3' },
    ]);
  });

  it('tells by how much a number is off, and repairs it by letting readers switch', async () => {
    const { audit, dynamodb } = await pipeline();
    const damaged = counterKey(german, { slice: 3, generation: 2 });
    await dynamodb.putItem({ TableName: 'aggregates', Item: { ...damaged, count: { N: '5' }, sum: { N: '-0.5' } } });
    const off = { ...german, count: '5', sum: '-0.5' };
    expect(await audit({ consumer: 'aggregates' })).toMatchObject([{ outcome: 'differs', differences: [off] }]);
    const [repaired] = await audit({ consumer: 'aggregates', repair: true });
    expect(repaired).toMatchObject({ outcome: 'repaired', differences: [off] });
    expect(await readTotals(dynamodb, { tableName: 'aggregates', total: german.total })).toMatchObject([
      { count: '3', sum: '6' },
    ]);
    expect(await audit({ consumer: 'aggregates' })).toMatchObject([{ outcome: 'equal' }]);
  });
});
