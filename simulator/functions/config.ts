import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import type { Config } from '../../shared/runtime/config.ts';
import { variablesOf } from '../../shared/runtime/resource-variables.ts';
import { searchIndexFor } from '../../shared/sinks/search-index/resources.ts';
import type { Profile } from '../faults/profile.ts';

export const {
  index: indexName,
  mappings: indexMappings,
  alias: indexAlias,
  versions: versionsIndex,
} = searchIndexFor(table);

export function configOf(
  consumer: string,
  place: { region: string; otherRegion: string; isCopy: boolean; profile: Profile },
): Config {
  const { region, otherRegion, isCopy, profile } = place;
  // A copy is not copied back.
  const mode: 'one-way' | 'active-active' | 'off' = profile.mode === 'one-way' && isCopy ? 'off' : profile.mode;
  const physical = {
    sourceTable: table.name,
    replica: { table: table.name, region: otherRegion, endpoint: 'http://simulated.invalid', mode },
    index: indexName,
    searchEndpoint: 'http://simulated.invalid',
    sender: 'welcome@tributary.example',
    configurationSet: 'all-events',
    onSilence: profile.onSilence,
  };
  const uses = registry.find(({ name }) => name === consumer)?.uses ?? [];
  const values = new Map(uses.flatMap((use) => Object.entries(variablesOf(use, physical))));
  return {
    consumer,
    region,
    stage: 'simulation',
    codeVersion: 'simulation',
    deadLetters: { bucket: 'simulated', queueUrl: 'http://simulated.invalid' },
    value: (variable) => values.get(variable) ?? '',
  };
}
