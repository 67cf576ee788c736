import { describe, expect, it } from 'vitest';
import { runBackfill } from '../../shared/operations/backfill/run-backfill.ts';
import { silent } from '../../shared/operations/counted-outcomes.ts';
import { catalogued, type MetricName } from '../../shared/runtime/metrics.ts';
import type { Connections, Services } from '../../shared/runtime/services.ts';
import { toItem } from '../../shared/services/dynamodb/image.ts';
import { readBuild } from '../../shared/sinks/aggregates/generations.ts';
import { counterKey } from '../../shared/sinks/aggregates/layout.ts';
import { checkpointsTable, countersTable } from '../../shared/sinks/aggregates/resources.ts';
import { operatedTarget } from '../../shared/testing/operated-target.ts';
import { readTotals } from '../../shared/writer/read-totals.ts';
import { backfillSources } from '../copies.ts';
import { registry } from '../registry.ts';
import { table } from '../table.ts';
import { definition } from './definition.ts';
import { create } from './handler.ts';

const weekMs = 7 * 86_400_000;
const total = 'users-by-country';

/** Forty users whose totals were built, a week ago. */
async function weekLater() {
  const operated = operatedTarget({ table, registry });
  const { region, target, now, dynamodb, failures } = operated;
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
    },
  };
  const told: [MetricName, number][] = [];
  const services: Services<keyof Connections> = {
    ...region.connectionsOf(definition),
    ...{ config: region.configOf(definition), clock, random: () => 0.5, log: silent },
    deadLetters: { store: async () => undefined },
    metrics: catalogued({ add: (name, value) => void told.push([name, value]), flush: () => undefined }),
  };
  const backfill = () =>
    runBackfill({
      ...{ table, sources: backfillSources, target, clock, consumer: 'aggregates' },
      ...{ random: () => 0.5, lagMaxMs: 30_000, report: () => undefined },
    });
  for (let at = 0; at < 40; at += 1) {
    const item = {
      id: { S: `u${at}` },
      email: { S: `u${at}@example.com` },
      country: { S: at % 2 === 0 ? 'DE' : 'FR' },
    };
    await dynamodb.putItem({ TableName: table.name, Item: toItem(item) });
  }
  await backfill();
  now.ms += weekMs;
  const invoke = create(services, { stream: region.stream, failures });
  /** As many calls of services as the invocation has time for. */
  const audit = async (calls = Number.POSITIVE_INFINITY) => {
    let left = calls;
    const getRemainingTimeInMillis = () => (left-- > 0 ? 60_000 : 0);
    await invoke({}, { awsRequestId: 'audit', getRemainingTimeInMillis });
  };
  const tables = { counters: countersTable.name, checkpoints: checkpointsTable.name };
  const state = () => readBuild({ dynamodb, clock, random: () => 0.5, tables });
  const seen = async () => {
    const rows = await readTotals(dynamodb, { tableName: tables.counters, total });
    return rows.map(({ group, count }) => [group.kind === 'value' ? group.value : group.kind, count]).toSorted();
  };
  const damage = async () => {
    const { phase } = await state();
    await dynamodb.updateItem({
      TableName: tables.counters,
      Key: counterKey({ total, group: { kind: 'value', value: 'DE' } }, { slice: 5, generation: phase.generation }),
      UpdateExpression: 'ADD #count :more',
      ExpressionAttributeNames: { '#count': 'count' },
      ExpressionAttributeValues: { ':more': { N: '7' } },
    });
  };
  const itemRows = () =>
    dynamodb.items(tables.checkpoints).filter(({ scope }) => scope?.S?.startsWith('items/')).length;
  return { ...operated, told, audit, state, seen, damage, itemRows, backfill };
}

describe('the scheduled audit of totals', () => {
  it('tells that no group differs, and leaves nothing behind', async () => {
    const { audit, told, state, itemRows } = await weekLater();
    await audit();
    expect(told).toEqual([['AuditDifferences', 0]]);
    expect(await state()).toMatchObject({ phase: { kind: 'live', generation: 2 }, last: 3 });
    expect(itemRows()).toBe(0);
  });

  it('tells how many groups differ, and shows readers what they saw before', async () => {
    const { audit, told, seen, damage } = await weekLater();
    await damage();
    await audit();
    expect(told).toEqual([['AuditDifferences', 1]]);
    expect(await seen()).toEqual([
      ['DE', '27'],
      ['FR', '20'],
    ]);
  });

  it('begins once a week', async () => {
    const { audit, told, now } = await weekLater();
    await audit();
    now.ms += weekMs - 3_600_000;
    await audit();
    expect(told).toHaveLength(1);
    now.ms += 3_600_000;
    await audit();
    expect(told).toHaveLength(2);
  });

  // While it begins, scans, compares and clears away.
  it.each([
    3, 9, 12, 13, 14, 16, 60, 150, 250, 400,
  ])('goes on where the time of an invocation was over, after %i calls', async (calls) => {
    const { audit, told, state, damage, itemRows } = await weekLater();
    await damage();
    await audit(calls);
    await audit();
    expect([...new Set(told.map(String))]).toEqual(['AuditDifferences,1']);
    expect(await state()).toMatchObject({ phase: { kind: 'live', generation: 2 }, last: 3 });
    expect(itemRows()).toBe(0);
  });

  it('compares nothing while failures wait that would explain it', async () => {
    const { audit, told, failures, state } = await weekLater();
    const times = { firstSeenAt: '2026-01-01T00:00:00Z', lastSeenAt: '2026-01-01T00:00:00Z', attempts: 1 };
    const position = { streamArn: 'arn', shardId: 'shardId-1', sequenceNumber: '1' };
    const error = { code: 'invalid-attribute', message: 'newImage.country' };
    const letter = { ...times, consumer: 'aggregates', state: 'pending', error, record: {}, position };
    await failures.put({
      key: 'dead-letters/aggregates/x.json',
      body: JSON.stringify(letter),
      contentType: 'application/json',
    });
    await audit();
    expect(told).toEqual([]);
    expect(await state()).toMatchObject({ last: 2 });
  });

  it('gives way to an operator who builds, and leaves alone what is built for readers', async () => {
    const { audit, told, state, backfill, damage, seen, now } = await weekLater();
    await damage();
    await audit(12);
    expect(await state()).toMatchObject({ phase: { kind: 'build', next: 3 }, isAudit: true });
    expect(await backfill()).toMatchObject([{ outcome: 'switched', generation: 3 }]);
    expect(await seen()).toEqual([
      ['DE', '20'],
      ['FR', '20'],
    ]);
    now.ms += 3_600_000;
    await audit();
    expect(told).toEqual([]);
  });
});
