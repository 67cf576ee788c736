import { describe, expect, it } from 'vitest';
import type { AttributeMap } from '../shared/change/attribute-value.ts';
import type { BackfillResult, WalkOptions } from '../shared/operations/backfill/backfill.ts';
import { runBackfill } from '../shared/operations/backfill/run-backfill.ts';
import { toItem } from '../shared/services/dynamodb/image.ts';
import type { BulkOperation } from '../shared/services/opensearch/port.ts';
import { type OperatedTarget, operatedTarget } from '../shared/testing/operated-target.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { backfillSources } from './copies.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const stampAt = (microseconds: number, region: string) => `${microseconds}/00000/${region.padEnd(20, '_')}`;

function userItem(id: string, more: AttributeMap = {}) {
  return toItem({
    ...{ id: { S: id }, email: { S: `${id}@example.com` }, country: { S: 'DE' }, balance: { N: '1.5' } },
    ...{ _v: { S: stampAt(1767268800000000, 'eu-central-1') }, ...more },
  });
}

/** A table that was there before the pipeline: nothing in it went through a consumer. */
async function pipelineWith(count: number): Promise<OperatedTarget> {
  const operated = operatedTarget({ table, registry });
  for (let at = 0; at < count; at += 1) {
    await operated.dynamodb.putItem({ TableName: table.name, Item: userItem(`u${String(at).padStart(4, '0')}`) });
  }
  return operated;
}

function run(
  { target, clock }: OperatedTarget,
  options: { readonly consumer: string } & Partial<WalkOptions>,
): Promise<readonly BackfillResult[]> {
  return runBackfill({
    ...{ target, clock, table, sources: backfillSources, random: () => 0.5, lagMaxMs: 30_000 },
    ...{ report: () => undefined, ...options },
  });
}

describe('backfill of a search index', () => {
  it('makes a document of every item, and none of a deleted one', async () => {
    const operated = await pipelineWith(450);
    const gone = userItem('gone', { _deleted: { BOOL: true } });
    await operated.dynamodb.putItem({ TableName: table.name, Item: gone });
    expect(await run(operated, { consumer: 'search-index' })).toMatchObject([
      { items: 451, outcomes: { applied: 451 } },
    ]);
    const visible = [{ field: 'tributary.deleted', equals: false }];
    expect(await operated.search.search({ index: operated.index, filters: visible, limit: 1000 })).toHaveLength(450);
  });

  it('writes over nothing that a later change made', async () => {
    const operated = await pipelineWith(1);
    const later: BulkOperation = {
      ...{ op: 'index', index: operated.index, id: 'u0000', versionType: 'external' },
      ...{ version: BigInt(operated.now.ms) * 1000n, documentJson: '{"country":"FR"}' },
    };
    await operated.search.bulk([later]);
    expect(await run(operated, { consumer: 'search-index' })).toMatchObject([{ outcomes: { stale: 1 } }]);
    const found = await operated.search.get({ index: operated.index, ids: ['u0000'] });
    expect(found.get('u0000')?.document).toEqual({ country: 'FR' });
  });

  it('tells which items it refused, and takes the others of their page', async () => {
    const operated = await pipelineWith(2);
    const Item = userItem('wrong', { country: { N: '7' } });
    await operated.dynamodb.putItem({ TableName: table.name, Item });
    const [result] = await run(operated, { consumer: 'search-index' });
    expect(result).toMatchObject({ outcomes: { applied: 2, refused: 1 }, refused: [{ keys: { id: { S: 'wrong' } } }] });
    expect(JSON.stringify(result)).not.toContain('wrong@');
  });

  it('goes on where a killed process was', async () => {
    const operated = await pipelineWith(450);
    let pages = 0;
    const killed = run(operated, {
      consumer: 'search-index',
      report: ({ step }) => {
        if (step !== 'bringing') return;
        pages += 1;
        if (pages === 2) throw Object.assign(new Error('killed'), { name: 'AccessDeniedException' });
      },
    });
    await expect(killed).rejects.toThrow();
    const steps: string[] = [];
    const [result] = await run(operated, { consumer: 'search-index', report: ({ step }) => void steps.push(step) });
    expect(steps[0]).toBe('resumed');
    expect(result).toMatchObject({ items: 450 });
    expect(await operated.failures.get('operations/backfill-search-index.json')).toBe('null');
  });

  it('shows in a dry run each document that it would write, and writes none', async () => {
    const operated = await pipelineWith(3);
    const planned: string[] = [];
    await run(operated, {
      consumer: 'search-index',
      dryRun: ({ action, key }) => void planned.push(`${action} ${key}`),
    });
    expect(planned).toEqual(['index u0000', 'index u0001', 'index u0002']);
    expect(await operated.search.search({ index: operated.index, filters: [], limit: 10 })).toEqual([]);
    expect(await operated.failures.list('operations/')).toEqual([]);
  });

  it('waits while its live consumer is behind', async () => {
    const operated = await pipelineWith(1);
    const lags = [120_000, 60_000, 0];
    const view = { region: operated.region.name, consumer: 'search-index', behind: 1, state: 'running' } as const;
    const waits: number[] = [];
    const clock = {
      ...operated.clock,
      sleep: async (durationMs: number) => {
        operated.now.ms += durationMs;
      },
    };
    await run(
      { ...operated, clock },
      {
        consumer: 'search-index',
        mappings: { read: async () => [{ ...view, oldestMs: lags.shift() ?? 0, recordAgeMaxMs: 0, processed: 0 }] },
        report: (progress) => {
          if (progress.step === 'lagging') waits.push(progress.lagMs);
        },
      },
    );
    expect(waits).toEqual([120_000, 60_000]);
  });
});

describe('backfill of the other region', () => {
  it('sends every item, stamps those without a stamp, and leaves what is newer there', async () => {
    const operated = await pipelineWith(2);
    const { dynamodb, remoteDynamodb } = operated;
    const { _v, ...plain } = userItem('plain');
    await dynamodb.putItem({ TableName: table.name, Item: plain });
    const newer = userItem('u0000', { _v: { S: stampAt(1767268900000000, 'eu-west-1') }, country: { S: 'FR' } });
    await remoteDynamodb.putItem({ TableName: table.name, Item: newer });
    expect(await run(operated, { consumer: 'replicator' })).toMatchObject([
      { items: 3, outcomes: { applied: 2, stale: 1 } },
    ]);
    const there = remoteDynamodb.items(table.name).map(({ id, country }) => [id?.S, country?.S]);
    expect(there.sort()).toEqual([
      ['u0000', 'FR'],
      ['u0001', 'DE'],
    ]);
    const stamped = await dynamodb.getItem({ TableName: table.name, Key: { id: { S: 'plain' } } });
    expect(stamped.Item?._v?.S).toMatch(/eu-central-1_*$/);
  });
});

describe('backfill of aggregates', () => {
  it('counts what was there before them, in a generation that readers switch to', async () => {
    const operated = await pipelineWith(3);
    expect(await run(operated, { consumer: 'aggregates' })).toMatchObject([{ outcome: 'switched', generation: 2 }]);
    const counted = await readTotals(operated.dynamodb, { tableName: 'aggregates', total: 'users-by-country' });
    expect(counted).toEqual([{ group: { kind: 'value', value: 'DE' }, count: '3', sum: '4.5' }]);
  });

  it('is refused while failures wait, and says what to do', async () => {
    const operated = await pipelineWith(1);
    const letter = {
      ...{ consumer: 'aggregates', state: 'pending', error: { code: 'invalid-attribute', message: '' }, record: {} },
      ...{ firstSeenAt: '2026-01-01T00:00:00Z', lastSeenAt: '2026-01-01T00:00:00Z', attempts: 1 },
      position: { streamArn: 'arn', sequenceNumber: '1' },
    };
    const body = JSON.stringify(letter);
    await operated.failures.put({ key: 'dead-letters/aggregates/x.json', body, contentType: 'application/json' });
    for (const dryRun of [undefined, () => undefined]) {
      const [result] = await run(operated, { consumer: 'aggregates', ...(dryRun && { dryRun }) });
      expect(result).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('redrive or discard') });
    }
  });

  it('shows in a dry run which generation it would build', async () => {
    const operated = await pipelineWith(3);
    const planned: string[] = [];
    const dryRun: WalkOptions['dryRun'] = ({ action, key, detail }) => void planned.push(`${action} ${key}: ${detail}`);
    expect(await run(operated, { consumer: 'aggregates', dryRun })).toMatchObject([
      { outcome: 'planned', generation: 2 },
    ]);
    expect(planned).toMatchObject([expect.stringMatching(/^build generation 2: .*about 3 items; readers switch/)]);
    expect(operated.dynamodb.items('aggregates')).toEqual([]);
  });
});

it('answers a consumer that keeps nothing of items with those that do', async () => {
  const operated = operatedTarget({ table, registry });
  await expect(run(operated, { consumer: 'archive' })).rejects.toThrow('or all');
});
