import type { TableDefinition } from '../shared/change/table-definition.ts';
import type { BucketResource, ConsumerDefinition, TableResource } from '../shared/runtime/consumer-definition.ts';
import { archiveBucket } from '../shared/sinks/archive/resources.ts';
import { type Names, namesOf, type Place } from './names.ts';
import type { StageConfig } from './stage-config.ts';

/** What the pipeline is made of: `functions/table.ts` and `functions/registry.ts`, or made-up ones in tests. */
export interface House {
  readonly table: TableDefinition;
  readonly registry: readonly ConsumerDefinition[];
}

/** One region of a stage, as data: stacks, alarms and dashboards are made from it. */
export interface RegionPlan {
  readonly config: StageConfig;
  readonly table: TableDefinition;
  readonly region: string;
  /** Absent in a stage of one region. */
  readonly otherRegion?: string;
  /** The first region: home of what exists once. */
  readonly isHome: boolean;
  readonly sendsEmail: boolean;
  /** What runs here. */
  readonly consumers: readonly ConsumerDefinition[];
  /** Tables and buckets that these consumers use, each once, with their logical names. */
  readonly tables: readonly TableResource[];
  readonly buckets: readonly BucketResource[];
  /** Physical name of the source table. */
  readonly sourceTable: string;
  readonly names: Names;
}

export function planRegion(config: StageConfig, { house, place }: { house: House; place: Place }): RegionPlan {
  const { region } = place;
  const otherRegion = config.regions.find((each) => each !== region);
  const isHome = region === config.regions[0];
  const names = namesOf(config, place);
  const consumers = house.registry
    .filter((definition) => runsIn(definition, { config, region, isHome }))
    .map((definition) => withExpiry(definition, config));
  const uses = consumers.flatMap((consumer) => consumer.uses);
  return {
    config,
    table: house.table,
    region,
    ...(otherRegion === undefined ? {} : { otherRegion }),
    isHome,
    sendsEmail: region === config.emailRegion,
    consumers,
    tables: eachOnce(uses.filter((use) => use.kind === 'table')),
    buckets: eachOnce(uses.filter((use) => use.kind === 'bucket')),
    sourceTable: names.sourceTable(house.table.name),
    names,
  };
}

interface Site {
  readonly config: StageConfig;
  readonly region: string;
  readonly isHome: boolean;
}

const writeAction = /^dynamodb:(Put|Update|Delete)Item$/;

/** A consumer whose resource the configuration leaves out is left out with it. */
function runsIn({ runsIn: where, uses }: ConsumerDefinition, { config, region, isHome }: Site): boolean {
  if (where === 'emailRegion' && region !== config.emailRegion) return false;
  return uses.every((use) => {
    switch (use.kind) {
      case 'searchIndex':
        return config.search.kind === 'domain';
      case 'replicaTable':
        return config.replication === 'active-active' || (config.replication === 'one-way' && isHome);
      case 'sourceTable':
        // A one-way copy is read-only.
        return config.replication !== 'one-way' || isHome || !use.actions.some((action) => writeAction.test(action));
      case 'bucket':
        return use.name !== archiveBucket.name || config.archive !== 'off';
      default:
        return true;
    }
  });
}

function withExpiry<Definition extends ConsumerDefinition>(
  definition: Definition,
  { archive }: StageConfig,
): Definition {
  if (archive === 'off') return definition;
  const { expiresAfterDays } = archive;
  const uses = definition.uses.map((use) =>
    use.kind === 'bucket' && use.name === archiveBucket.name ? { ...use, expiresAfterDays } : use,
  );
  return { ...definition, uses };
}

function eachOnce<Named extends { readonly name: string }>(resources: readonly Named[]): readonly Named[] {
  return [...new Map(resources.map((resource) => [resource.name, resource])).values()];
}
