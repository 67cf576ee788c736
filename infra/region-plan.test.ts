import { describe, expect, it } from 'vitest';
import { planRegion } from './region-plan.ts';
import type { StageConfig } from './stage-config.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';

const [home = '', away = ''] = sampleConfig.regions;

function consumersIn(region: string, change: Partial<StageConfig> = {}): readonly string[] {
  return plan(region, change).consumers.map(({ name }) => name);
}

function plan(region: string, change: Partial<StageConfig> = {}) {
  const place = { region, account: '123456789012', partition: 'aws' };
  return planRegion({ ...sampleConfig, ...change }, { house, place });
}

describe('planRegion', () => {
  it('welcomes users in one region only', () => {
    expect(consumersIn(home)).toEqual(expect.arrayContaining(['welcome-email', 'email-settler']));
    expect(consumersIn(away)).not.toContain('welcome-email');
    expect(consumersIn(away, { emailRegion: away })).toContain('welcome-email');
  });

  it('replicates from both regions, from the first, or from none', () => {
    const replicates = (change: Partial<StageConfig>) =>
      [home, away].map((region) => consumersIn(region, change).includes('replicator'));
    expect(replicates({ replication: 'active-active' })).toEqual([true, true]);
    expect(replicates({ replication: 'one-way' })).toEqual([true, false]);
    expect(replicates({ replication: 'global-table' })).toEqual([false, false]);
    expect(replicates({ replication: 'off', regions: [home] })).toEqual([false, false]);
  });

  it('runs nothing that writes the source table in a region that only gets a copy', () => {
    const writers = plan(away, { replication: 'one-way' }).consumers.filter(({ uses }) =>
      uses.some((use) => use.kind === 'sourceTable' && use.actions.includes('dynamodb:PutItem')),
    );
    expect(writers).toEqual([]);
  });

  it('leaves out what would write to a search domain or an archive that is not there', () => {
    expect(consumersIn(home, { search: { kind: 'none' } })).not.toContain('search-index');
    expect(consumersIn(home, { archive: 'off' })).not.toContain('archive');
    expect(plan(home, { archive: 'off' }).buckets).toEqual([]);
  });

  it('keeps the archive as long as the configuration says', () => {
    expect(plan(home, { archive: { expiresAfterDays: 7 } }).buckets).toMatchObject([{ expiresAfterDays: 7 }]);
  });

  it('makes each table of several consumers once', () => {
    const names = plan(home).tables.map(({ name }) => name);
    expect(names).toEqual([...new Set(names)]);
    expect(names).toEqual(expect.arrayContaining(['aggregates', 'aggregates-checkpoints', 'email-ledger']));
  });
});
