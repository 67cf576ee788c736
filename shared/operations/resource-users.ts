import type { Config } from '../runtime/config.ts';
import type { ResourceDefinition, TableResource } from '../runtime/consumer-definition.ts';
import type { Connections } from '../runtime/services.ts';
import type { TargetRegion } from './target.ts';

/** A consumer's way to something that it uses: operators take the same. */
export interface ResourceUser<Use extends ResourceDefinition> {
  readonly use: Use;
  readonly config: Config;
  readonly connections: Connections;
}

type Kind = ResourceDefinition['kind'];

/** Through the first consumer of the region that uses a resource of this kind; undefined when none does. */
export function userOfKind<K extends Kind>(
  region: TargetRegion,
  kind: K,
): ResourceUser<Extract<ResourceDefinition, { kind: K }>> | undefined {
  return find(region, (use): use is Extract<ResourceDefinition, { kind: K }> => use.kind === kind);
}

export function userOfTable(
  region: TargetRegion,
  { name }: Pick<TableResource, 'name'>,
): (ResourceUser<TableResource> & { readonly tableName: string }) | undefined {
  const user = find(region, (use): use is TableResource => use.kind === 'table' && use.name === name);
  return user && { ...user, tableName: user.config.value(user.use.variable) };
}

function find<Use extends ResourceDefinition>(
  region: TargetRegion,
  matches: (use: ResourceDefinition) => use is Use,
): ResourceUser<Use> | undefined {
  for (const definition of region.consumers) {
    const use = definition.uses.find(matches);
    if (use !== undefined)
      return { use, config: region.configOf(definition), connections: region.connectionsOf(definition) };
  }
  return undefined;
}
