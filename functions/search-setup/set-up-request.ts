import { FatalConfigError } from '../../shared/batch/errors.ts';
import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';

/** What the deployment asks for, from the properties of its custom resource. */
export interface SetUpRequest {
  readonly endpoint: string;
  /** Copies of each shard: none on a domain of one node, where a copy would have no place. */
  readonly replicas: number;
  readonly index: IndexDefinition;
  readonly roles: readonly RoleDefinition[];
  /** Names of roles that an earlier deployment made and this one no longer has. */
  readonly formerRoles: readonly string[];
}

/** The part of `searchIndexFor(table)` that is set up. */
export interface IndexDefinition {
  /** The first index; a later one comes with a reindex. */
  readonly index: string;
  readonly alias: string;
  /** Of the first index and every later one. */
  readonly pattern: string;
  readonly aliasFilter: JsonObject;
  readonly mappings: JsonObject;
}

/** Who may do what, by the names of OpenSearch's security plugin. */
export interface RoleDefinition {
  readonly name: string;
  readonly roleArn: string;
  readonly permissions: { readonly cluster: readonly string[]; readonly index: readonly string[] };
}

/**
 * The request in an event of CDK's custom resource provider; undefined when the resource is deleted, for what is in a
 * domain goes with the domain.
 *
 * @throws {FatalConfigError} naming the property that is not as it has to be
 * @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref-requesttypes.html
 */
export function readSetUpRequest(event: unknown): SetUpRequest | undefined {
  const { RequestType, ResourceProperties, OldResourceProperties } = objectOf(event, 'the event');
  if (RequestType === 'Delete') return undefined;
  const properties = objectOf(ResourceProperties, 'ResourceProperties');
  const roles = rolesOf(properties);
  const former = isJsonObject(OldResourceProperties) ? rolesOf(OldResourceProperties) : [];
  return {
    endpoint: textOf(properties.Endpoint, 'Endpoint'),
    // CloudFormation hands numbers over as texts.
    replicas: Number(textOf(properties.Replicas, 'Replicas')),
    index: indexOf(textOf(properties.Definition, 'Definition')),
    roles,
    formerRoles: former.map(({ name }) => name).filter((name) => roles.every((role) => role.name !== name)),
  };
}

function indexOf(definition: string): IndexDefinition {
  const { index, alias, pattern, aliasFilter, mappings } = objectOf(JSON.parse(definition), 'Definition');
  return {
    index: textOf(index, 'Definition.index'),
    alias: textOf(alias, 'Definition.alias'),
    pattern: textOf(pattern, 'Definition.pattern'),
    aliasFilter: objectOf(aliasFilter, 'Definition.aliasFilter'),
    mappings: objectOf(mappings, 'Definition.mappings'),
  };
}

function rolesOf({ Roles }: JsonObject): readonly RoleDefinition[] {
  return listOf(Roles, 'Roles').map((role, position) => {
    const { Name, RoleArn, Permissions } = objectOf(role, `Roles[${position}]`);
    const { cluster, index } = objectOf(Permissions, `Roles[${position}].Permissions`);
    return {
      name: textOf(Name, `Roles[${position}].Name`),
      roleArn: textOf(RoleArn, `Roles[${position}].RoleArn`),
      permissions: {
        cluster: listOf(cluster, 'Permissions.cluster').map(String),
        index: listOf(index, 'Permissions.index').map(String),
      },
    };
  });
}

function objectOf(value: unknown, name: string): JsonObject {
  return isJsonObject(value) ? value : refuse(name, 'an object');
}

function listOf(value: unknown, name: string): readonly unknown[] {
  return Array.isArray(value) ? value : refuse(name, 'a list');
}

function textOf(value: unknown, name: string): string {
  return typeof value === 'string' && value !== '' ? value : refuse(name, 'a text');
}

function refuse(name: string, expected: string): never {
  throw new FatalConfigError('configuration', `The search set-up cannot start: ${name} has to be ${expected}.`);
}
