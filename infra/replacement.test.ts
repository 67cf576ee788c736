import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import type { House } from './region-plan.ts';
import type { StageConfig } from './stage-config.ts';
import { identitiesOf } from './testing/identities.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';
import { type SynthesizedStage, synthesize } from './testing/synthesize.ts';

/**
 * What is deployed somewhere already. A resource that is missing would be deleted, one that differs made anew: a table
 * without its items, a mapping from its oldest record. `tools/record-identities.ts` adds what is new.
 */
const deployed: Readonly<Record<string, unknown>> = JSON.parse(
  readFileSync(new URL('testing/deployed-identities.json', import.meta.url), 'utf8'),
);

const made: SynthesizedStage[] = [];

function identitiesWith(change: Partial<StageConfig> = {}, of: House = house): Readonly<Record<string, unknown>> {
  const stage = synthesize({ ...sampleConfig, ...change }, of);
  made.push(stage);
  return identitiesOf(stage);
}

/** The deployed resources that an update would delete or make anew. */
function lost(identities: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.entries(deployed).flatMap(([resource, identity]) =>
    isDeepStrictEqual(identities[resource], identity) ? [] : [resource],
  );
}

describe('an update of a deployed stage', () => {
  afterAll(() => {
    for (const stage of made) stage.remove();
  });

  it('makes no table, stream, mapping, queue, bucket or domain anew', () => {
    expect(lost(identitiesWith())).toEqual([]);
    expect(Object.keys(deployed)).toEqual(
      expect.arrayContaining(['data-eu-west-1/SourceTable', 'foundation-us-east-1/Changes']),
    );
  });

  it('would lose a table and a mapping if a consumer were taken out of the registry', () => {
    const registry = house.registry.filter(({ name }) => name !== 'usage-analytics');
    expect(lost(identitiesWith({}, { ...house, registry }))).toEqual(
      ['eu-west-1', 'us-east-1']
        .flatMap((region) => [`consumers-${region}/MappingUsageAnalytics`, `data-${region}/TableUsageWindows`])
        .toSorted(),
    );
  });

  it('would lose nearly all if the stage had another name', () => {
    const names = lost(identitiesWith({ name: 'delta' }));
    expect(names).toContain('data-eu-west-1/SourceTable');
    expect(names).toContain('foundation-eu-west-1/Changes');
  });

  it('would read from the beginning if a consumer changed to throughput of its own', () => {
    expect(lost(identitiesWith({ enhancedFanOut: ['archive'] }))).toEqual(
      ['eu-west-1', 'us-east-1'].map((region) => `consumers-${region}/MappingArchive`),
    );
  });
});
