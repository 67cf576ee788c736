import type {
  AttributeDefinition,
  AttributeType,
  EntityDefinition,
  TableDefinition,
} from '../change/table-definition.ts';
import { changeMarkField } from '../sinks/search-index/document.ts';

type SearchType = NonNullable<AttributeDefinition['search']>;

/** What each attribute type may be indexed as: anything else OpenSearch would refuse, or take for another value. */
const searchTypes: Readonly<Record<AttributeType, readonly SearchType[]>> = {
  string: ['keyword', 'text'],
  decimal: ['decimal', 'keyword'],
  epochSeconds: ['decimal', 'keyword'],
  boolean: ['boolean', 'keyword'],
  timestamp: ['date', 'keyword'],
  stringSet: ['keyword', 'text'],
  binary: [],
  map: [],
};

const keyTypes: Readonly<Record<TableDefinition['partitionKey']['type'], readonly AttributeType[]>> = {
  S: ['string', 'timestamp'],
  N: ['decimal', 'epochSeconds'],
  B: ['binary'],
};

/** What is wrong with a table definition, each in a sentence that names the entity and attribute. */
export function tableProblems(table: TableDefinition): readonly string[] {
  const problems = [
    ...nameProblems(table),
    ...reachProblems(table.entities),
    ...table.entities.flatMap((entity) =>
      Object.entries(entity.attributes).flatMap(([name, attribute]) =>
        attributeProblems(name, { attribute, table }).map((problem) => `${entity.name}.${name} ${problem}`),
      ),
    ),
    ...searchConflicts(table.entities),
  ];
  return problems.map((problem) => `table ${table.name}: ${problem}`);
}

function nameProblems(table: TableDefinition): string[] {
  const { name, partitionKey, sortKey, entities, timeToLiveAttribute } = table;
  const problems: string[] = [];
  const keys = [partitionKey.name, ...(sortKey === undefined ? [] : [sortKey.name])];
  if (!/^[a-z0-9][a-z0-9_.-]{2,199}$/.test(name)) {
    problems.push(
      'its name must be 3 to 200 lower-case letters, digits and _.-: OpenSearch takes no others for an index',
    );
  }
  if (keys.some((key) => key === '' || Buffer.byteLength(key) > 255)) {
    problems.push('the name of a key attribute must be 1 to 255 bytes');
  }
  const timeToLive = timeToLiveAttribute === undefined ? [] : [timeToLiveAttribute];
  const special = [...keys, table.versionAttribute, table.tombstoneAttribute, ...timeToLive];
  if (new Set(special).size < special.length) {
    problems.push('the keys, the version, the tombstone and the time to live must be different attributes');
  }
  if (entities.length === 0) problems.push('it has no entity, so no item would have any effect');
  return problems;
}

/** The first entity that matches takes an item. */
function reachProblems(entities: readonly EntityDefinition[]): string[] {
  return entities.flatMap(({ name, match }, index) =>
    entities.slice(0, index).flatMap((earlier) => {
      if (earlier.name === name) return [`two entities are named ${name}`];
      const takesAll =
        earlier.match === undefined ||
        (match?.attribute === earlier.match.attribute && match.prefix.startsWith(earlier.match.prefix));
      return takesAll
        ? [`no item is ever a ${name}, because ${earlier.name} before it takes all: change their order`]
        : [];
    }),
  );
}

function attributeProblems(
  name: string,
  { attribute, table }: { readonly attribute: AttributeDefinition; readonly table: TableDefinition },
): string[] {
  const { type, search } = attribute;
  const problems: string[] = [];
  const key = [table.partitionKey, table.sortKey].find((candidate) => candidate?.name === name);
  if (key !== undefined && !keyTypes[key.type].includes(type)) {
    problems.push(`is a key of type ${key.type}, so it cannot be a ${type}`);
  }
  if (name === table.timeToLiveAttribute && type !== 'epochSeconds') {
    problems.push('is the time to live, which DynamoDB reads as epochSeconds only');
  }
  if (search === undefined) return problems;
  if (!searchTypes[type].includes(search)) {
    problems.push(
      `is a ${type}, which cannot be searched as ${search}; possible: ${searchTypes[type].join(', ') || 'no'}`,
    );
  }
  if (name === changeMarkField) problems.push('cannot be searched: documents keep their version under this name');
  if (!/^[^_.\s][^.\s]*$/.test(name)) {
    problems.push('cannot be searched: in OpenSearch a field begins with no underscore and has no dot or space in it');
  }
  return problems;
}

/** All entities of a table share one index, where a field has one type. */
function searchConflicts(entities: readonly EntityDefinition[]): string[] {
  const searched = entities.flatMap((entity) =>
    Object.entries(entity.attributes).flatMap(([name, { search }]) =>
      search === undefined ? [] : [{ name, search, entity: entity.name }],
    ),
  );
  return searched.flatMap((one, index) =>
    searched
      .slice(0, index)
      .filter((other) => other.name === one.name && other.search !== one.search)
      .map(
        (other) =>
          `${one.name} is searched as ${other.search} in ${other.entity} and as ${one.search} in ${one.entity}`,
      ),
  );
}
