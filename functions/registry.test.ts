import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { customMetricCount, metricsOf } from '../shared/runtime/emitted-metrics.ts';
import { metricCatalogue } from '../shared/runtime/metrics.ts';
import { registryProblems } from '../shared/runtime/registry-rules.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

/** Not consumers: CloudFormation and operators call them. */
const calledByOthers = ['operator', 'search-setup'];

const functions = new URL('.', import.meta.url);

/** Personal data that can be found by: add an attribute here only when somebody has decided so. */
const personalAndSearched = ['user.email', 'user.name'];

describe('the registry', () => {
  it('breaks no rule of the platform or of the pipeline', () => {
    expect(registryProblems({ table, registry })).toEqual([]);
  });

  it('lists every folder of functions/, and nothing else', () => {
    const folders = readdirSync(functions, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const listed = [...registry.map(({ name }) => name), ...calledByOthers];
    expect(listed.toSorted()).toEqual(folders.map(({ name }) => name).toSorted());
  });

  it.each(
    registry.map((definition) => [definition.name, definition] as const),
  )('%s keeps its definition and its handler where others look for them', async (name, definition) => {
    const defined: unknown = await import(new URL(`${name}/definition.ts`, functions).href);
    expect(defined).toMatchObject({ definition: { name } });
    expect(definition.summary).not.toBe('');
    const handler: unknown = await import(new URL(`${name}/handler.ts`, functions).href);
    expect(handler).toMatchObject({ create: expect.any(Function), handler: expect.any(Function) });
  });

  it('makes at most 60 metrics of our own in a region, because each is paid for', () => {
    expect(customMetricCount(registry)).toBeLessThanOrEqual(60);
  });

  it('has a function for every metric of the catalogue', () => {
    const emitted = new Set(['MemoryUsedPercent', ...registry.flatMap(metricsOf)]);
    expect([...emitted].toSorted()).toEqual(Object.keys(metricCatalogue).toSorted());
  });

  it('makes personal data searchable only where that was decided', () => {
    const searched = table.entities.flatMap((entity) =>
      Object.entries(entity.attributes).flatMap(([name, { personal, search }]) =>
        personal !== undefined && search !== undefined ? [`${entity.name}.${name}`] : [],
      ),
    );
    expect(searched.toSorted()).toEqual(personalAndSearched.toSorted());
  });
});
