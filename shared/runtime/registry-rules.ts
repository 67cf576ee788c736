import { FatalConfigError } from '../batch/errors.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { ConsumerDefinition, EmailEventsMapping } from './consumer-definition.ts';
import { mappingProblems } from './registry-rules-mapping.ts';
import { tableProblems } from './registry-rules-table.ts';

export interface House {
  readonly table: TableDefinition;
  readonly registry: readonly ConsumerDefinition[];
}

/** How many mappings may read one shard of a source, and why no more. */
const readers = {
  stream: {
    max: 2,
    why:
      'more than two readers of a shard of a DynamoDB stream are throttled: let those that need no order of an ' +
      'item read Kinesis',
  },
  kinesis: {
    max: 5,
    why:
      'every mapping reads each shard once a second, and a Kinesis shard allows five reads a second to all of its ' +
      'shared readers together',
  },
} as const;

/** @throws {FatalConfigError} with every problem: nothing starts with one. */
export function assertSound(house: House): void {
  const problems = registryProblems(house);
  if (problems.length === 0) return;
  const list = problems.map((problem) => `\n- ${problem}`).join('');
  throw new FatalConfigError('configuration', `The table or a consumer cannot be run as it is defined:${list}`);
}

/**
 * What the definitions say that AWS would refuse, or that would break a promise once it runs; empty when all is well.
 * Types hold most of it where they are checked, which they are not when sources are run directly.
 *
 * @see DynamoDB API Reference, "GetRecords"; Kinesis Data Streams Developer Guide, "Quotas and limits"; Lambda
 *   Developer Guide, "Lambda quotas" and "Parameters for Amazon DynamoDB event source mappings"
 */
export function registryProblems({ table, registry }: House): readonly string[] {
  return [
    ...tableProblems(table),
    ...registry.flatMap(functionProblems),
    ...repeated(registry.map(({ name }) => name)).map((name) => `${name}: two consumers have this name`),
    ...readerProblems(registry),
  ];
}

function functionProblems(definition: ConsumerDefinition): string[] {
  const { name, timeoutS, memoryMb, trigger } = definition;
  const problems: string[] = [];
  if (!/^[a-z][a-z0-9-]{0,39}$/.test(name)) {
    problems.push('its name must be at most 40 lower-case letters, digits and hyphens: it names the folder as well');
  }
  if (!isWhole(timeoutS, { min: 1, max: 900 })) problems.push('timeoutS must be 1 to 900: Lambda allows no more');
  if (!isWhole(memoryMb, { min: 128, max: 10_240 })) problems.push('memoryMb must be 128 to 10,240');
  for (const variable of repeated(variablesOf(definition))) {
    problems.push(`two of its resources use the variable ${variable}: one would get the other's value`);
  }
  if (trigger.kind === 'schedule') {
    if (trigger.everyS % 60 !== 0 || trigger.everyS < 60) problems.push('everyS must be in whole minutes');
    if (trigger.emailEvents) problems.push(...emailEventsProblems(trigger.emailEvents));
  } else if ('strategy' in definition) problems.push(...mappingProblems(definition));
  return problems.map((problem) => `${name}: ${problem}`);
}

/** The limits of a mapping on a standard queue; above 10 messages it would need a batching window. */
function emailEventsProblems({ batchSize, maximumBatchingWindowS }: EmailEventsMapping): string[] {
  const problems: string[] = [];
  if (!isWhole(batchSize, { min: 1, max: 10 })) problems.push('emailEvents.batchSize must be 1 to 10');
  if (!isWhole(maximumBatchingWindowS, { min: 0, max: 300 })) {
    problems.push('emailEvents.maximumBatchingWindowS must be 0 to 300');
  }
  return problems;
}

/** Every kind of resource names its variables in fields that end so. */
function variablesOf({ uses }: ConsumerDefinition): string[] {
  return uses.flatMap((use) =>
    Object.entries(use).flatMap(([field, value]) => (/variable$/i.test(field) ? [String(value)] : [])),
  );
}

function readerProblems(registry: readonly ConsumerDefinition[]): string[] {
  return (['stream', 'kinesis'] as const).flatMap((kind) => {
    const names = registry.filter(({ trigger }) => trigger.kind === kind).map(({ name }) => name);
    const { max, why } = readers[kind];
    return names.length > max ? [`${names.join(', ')}: ${names.length} consumers read the ${kind} source; ${why}`] : [];
  });
}

function repeated(texts: readonly string[]): readonly string[] {
  return [...new Set(texts.filter((text, index) => texts.indexOf(text) !== index))];
}

function isWhole(value: number, { min, max }: { readonly min: number; readonly max: number }): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}
