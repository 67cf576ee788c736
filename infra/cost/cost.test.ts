import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { definition as aggregates } from '../../functions/aggregates/definition.ts';
import { totals } from '../../functions/aggregates/totals.ts';
import { registry } from '../../functions/registry.ts';
import { definition as searchIndex } from '../../functions/search-index/definition.ts';
import { table } from '../../functions/table.ts';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { StageConfig } from '../stage-config.ts';
import { sampleConfig } from '../testing/sample-stage.ts';
import { quantityOf, usdPerMonth } from './cost-line.ts';
import { costDocument } from './document.ts';
import { estimate } from './estimate.ts';
import { invocationsOf } from './invocations.ts';
import { kinesisLines, kinesisModes, shardsNeeded } from './kinesis-cost.ts';
import { readPrices } from './prices.ts';
import { arithmetic } from './report.ts';
import { countersOf } from './sink-cost.ts';

const prices = readPrices();
const config = sampleConfig;
const options = { config, house: { table, registry }, totals, prices };
const estimated = (change: Partial<StageConfig>, writesPerS: number, house = options.house) =>
  estimate({ ...options, house, config: { ...config, ...change }, workload: { writesPerS, users: 1_000_000 } });
const sizes = [0.01, 10, 500, 50_000];

describe('docs/cost.md', () => {
  it('says what the code computes (if not: npm run cost -- --document)', () => {
    expect(readFileSync(new URL('../../docs/cost.md', import.meta.url), 'utf8')).toBe(costDocument(options));
  });
});

describe('an estimate', () => {
  it.each(sizes)('at %d writes/s is the sum of positions that are each a product shown in full', (writesPerS) => {
    const { regions, usd } = estimated({}, writesPerS);
    const lines = regions.flatMap((region) => region.lines);
    expect(lines.reduce((sum, line) => sum + usdPerMonth(line, prices), 0)).toBeCloseTo(usd, 5);
    for (const line of lines) {
      expect(quantityOf(line), line.what).toBeGreaterThan(0);
      for (const [, unit] of line.factors) expect(arithmetic(line, prices)).toContain(unit);
    }
  });

  it('has the functions of a consumer that was only put into the registry', () => {
    const added: StreamConsumerDefinition = { ...searchIndex, name: 'made-up', uses: [] };
    const { regions } = estimated({}, 10, { table, registry: [...registry, added] });
    const found = regions.map(({ lines }) => lines.filter(({ what }) => what.startsWith('made-up,')).length);
    expect(found).toEqual([2, 2]);
  });

  it('leaves out what is not deployed', () => {
    const { regions } = estimated({ search: { kind: 'none' }, archive: 'off', regions: ['eu-west-1'] }, 10);
    const groups = new Set(regions.flatMap(({ lines }) => lines.map(({ group }) => group)));
    expect(regions).toHaveLength(1);
    expect([...groups].filter((group) => ['search', 'archive', 'other region'].includes(group))).toEqual([]);
  });

  it('welcomes users once, and pays for what is sent between regions in each', () => {
    const { regions } = estimated({ replication: 'active-active' }, 10);
    const counts = (wanted: string) =>
      regions.map(({ lines }) => lines.filter(({ group }) => group === wanted).length > 0);
    expect(counts('email')).toEqual([true, false]);
    expect(counts('other region')).toEqual([true, true]);
  });
});

describe('audits', () => {
  const audits = (writesPerS: number, users: number) =>
    estimate({ ...options, workload: { writesPerS, users } })
      .regions.flatMap(({ lines }) => lines)
      .filter(({ group }) => group === 'audits');
  const usd = (lines: ReturnType<typeof audits>) => lines.reduce((sum, line) => sum + usdPerMonth(line, prices), 0);

  it('cost what the table is large, however much it is written', () => {
    expect(usd(audits(10, 1_000_000))).toBe(usd(audits(1_000, 1_000_000)));
    expect(usd(audits(10, 2_000_000))).toBeCloseTo(2 * usd(audits(10, 1_000_000)), 5);
  });

  it('read what is kept in tables for each item, and no table for documents', () => {
    const read = audits(10, 1_000).flatMap(({ what }) => (what.endsWith('what is kept of each item') ? [what] : []));
    expect([...new Set(read)].map((what) => what.split(',')[0]).toSorted()).toEqual(['audit-email', 'audit-replica']);
  });

  it('compare no more than their time allows', () => {
    const part = (users: number) =>
      audits(10, users).find(({ what }) => what === 'audit-search, the table')?.factors[1]?.[0];
    expect(part(100_000_000)).toBe(part(200_000_000));
  });
});

describe('prices', () => {
  it('are each used, and from a page of AWS', () => {
    const fanOut = registry.filter(({ trigger }) => trigger.kind === 'kinesis').map(({ name }) => name);
    const used = new Set(
      [{}, { enhancedFanOut: fanOut }, { kinesis: { mode: 'provisioned', shards: 2 }, enhancedFanOut: fanOut } as const]
        .flatMap((change) => estimated(change, 10).regions.flatMap(({ lines }) => lines.map(({ price }) => price)))
        .concat(kinesisLines('on demand, advantage', { ...use, enhanced: 0 }).map(({ price }) => price)),
    );
    const needless = Object.keys(prices.prices).filter((name) => !used.has(name) && !name.startsWith('search:'));
    expect(needless).toEqual([]);
    for (const { source } of Object.values(prices.prices)) expect(source).toMatch(/^https:\/\/aws\.amazon\.com\//);
  });

  it('that are missing are asked for by name', () => {
    const search = { ...config.search, kind: 'domain', instanceType: 'x9.huge.search' } as typeof config.search;
    expect(() => estimated({ search }, 10)).toThrow(/no price "search:x9\.huge\.search": add it/);
  });
});

const use = { writesPerS: 500, shared: 4, enhanced: 0, retentionH: 168 };

describe('Kinesis', () => {
  it('provisioned has shards for what is read too: four who share need more than one does', () => {
    expect(shardsNeeded(use)).toBeGreaterThan(shardsNeeded({ ...use, shared: 1 }));
  });

  it('in advantage mode costs an account what 25 MiB/s cost, however little it writes', () => {
    const usd = (writesPerS: number) =>
      kinesisLines('on demand, advantage', { ...use, writesPerS, retentionH: 24 }).reduce(
        (sum, line) => sum + usdPerMonth(line, prices),
        0,
      );
    expect(usd(1)).toBe(usd(10));
    expect(usd(100_000)).toBeGreaterThan(usd(10));
  });

  it.each(kinesisModes)('%s costs nothing for retention that is not asked for', (mode) => {
    const kept = (retentionH: number) =>
      kinesisLines(mode, { ...use, retentionH }).filter(({ what }) => what === 'kept beyond a day');
    expect(kept(24)).toEqual([]);
    expect(kept(168)).toHaveLength(1);
  });
});

describe('invocations', () => {
  it.each(sizes)('at %d writes/s carry every record once', (writesPerS) => {
    const { perS, recordsEach, shards } = invocationsOf(aggregates, { writesPerS, shards: 4 });
    const finalPerS = shards / aggregates.trigger.mapping.tumblingWindowS;
    expect((perS - finalPerS) * recordsEach).toBeCloseTo(writesPerS, 6);
  });

  it('of an idle table are as many as its writes, and of a busy one carry full batches', () => {
    expect(invocationsOf(searchIndex, { writesPerS: 0.001, shards: 4 }).recordsEach).toBeCloseTo(1, 2);
    const { batchSize } = searchIndex.trigger.mapping;
    expect(invocationsOf(searchIndex, { writesPerS: 1_000_000, shards: 4 }).recordsEach).toBe(batchSize);
  });
});

describe('counters', () => {
  it('by minute grow with every record, by attribute only to their number of groups', () => {
    const byMinute = totals.filter(({ by }) => by.per === 'minute');
    const byAttribute = totals.filter(({ by }) => by.per === undefined);
    expect(countersOf(1000, byMinute)).toBe(1000 * byMinute.length);
    expect(countersOf(1000, byAttribute)).toBe(countersOf(100, byAttribute));
  });
});
