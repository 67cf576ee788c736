import { describe, expect, it } from 'vitest';
import { type AuditOptions, type AuditResult, isGreen } from '../shared/operations/audit/audit.ts';
import { runAudit } from '../shared/operations/audit/run-audit.ts';
import { runBackfill } from '../shared/operations/backfill/run-backfill.ts';
import { operatedTarget } from '../shared/testing/operated-target.ts';
import { backfillSources } from './copies.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

const all = { table, sources: backfillSources, random: () => 0.5, lagMaxMs: 30_000, report: () => undefined };

/** Three users who were in the table before there was anybody to welcome them. */
async function importedTable() {
  const world = operatedTarget({ table, registry });
  const { target, now, dynamodb } = world;
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
    },
  };
  const put = (id: string) =>
    dynamodb.putItem({ TableName: table.name, Item: { id: { S: id }, email: { S: `${id}@example.com` } } });
  for (const id of ['ada', 'bob', 'cleo']) await put(id);
  const audit = (options: { readonly consumer: string } & Partial<AuditOptions>): Promise<readonly AuditResult[]> =>
    runAudit({ ...all, ...{ target, clock, repair: false, graceMs: 15_000, patienceMs: 300_000 }, ...options });
  const backfill = (consumer: string) => runBackfill({ ...all, target, clock, consumer });
  return { ...world, put, audit, backfill };
}

describe('audit of emails', () => {
  it('tells who was never owed one, and leaves it at that unless it is asked about emails alone', async () => {
    const { audit, backfill, sent, dynamodb } = await importedTable();
    await backfill('all');
    const results = await audit({ consumer: 'all', repair: true });
    const mails = results.find(({ consumer }) => consumer === 'welcome-email');
    expect(mails).toMatchObject({ differences: [{ kind: 'missing', isRepaired: false }, {}, {}] });
    expect(sent).toEqual([]);
    expect(dynamodb.items('email-ledger')).toEqual([]);
  });

  const ways = ['repair', 'backfill'] as const;
  it.each(ways)('is green when a %s of them has waived the mails, and tells of who comes later', async (by) => {
    const { audit, backfill, put, sent, dynamodb } = await importedTable();
    if (by === 'backfill') await backfill('welcome-email');
    else expect((await audit({ consumer: 'welcome-email', repair: true })).every(isGreen)).toBe(true);
    expect(sent).toEqual([]);
    expect(JSON.stringify(dynamodb.items('email-ledger'))).not.toContain('@example.com');
    const again = await audit({ consumer: 'welcome-email' });
    expect(again).toMatchObject([{ items: 3, differences: [] }]);
    await put('dan');
    expect(await audit({ consumer: 'welcome-email' })).toMatchObject([
      { differences: [{ keys: { id: { S: 'dan' } }, kind: 'missing', isRepaired: false }] },
    ]);
  });

  it('waives nothing in a dry run, and no mail that waits for a person', async () => {
    const { audit, dynamodb } = await importedTable();
    const row = { id: { S: 'ada' }, to: { S: 'a' }, subject: { S: 's' }, text: { S: 't' }, html: { S: 'h' } };
    const Item = { ...row, state: { S: 'parked' }, attempt: { N: '1' }, owner: { S: 'o' } };
    await dynamodb.putItem({ TableName: 'email-ledger', Item });
    const planned: string[] = [];
    const dryRun: AuditOptions['dryRun'] = ({ action, key }) => void planned.push(`${action} ${key}`);
    await audit({ consumer: 'welcome-email', repair: true, dryRun });
    expect(planned).toHaveLength(2);
    expect(dynamodb.items('email-ledger')).toEqual([Item]);
    const differences = [{ detail: 'parked', isRepaired: false }, { isRepaired: true }, { isRepaired: true }];
    expect(await audit({ consumer: 'welcome-email', repair: true })).toMatchObject([{ differences }]);
  });
});
