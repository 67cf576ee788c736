import { ValidationException } from './errors.ts';
import { type Condition, parseCondition } from './expression/condition.ts';
import type { Placeholders } from './expression/placeholders.ts';
import type { KeySchema } from './key.ts';
import type { AttributeValue } from './value.ts';

export interface KeyCondition {
  readonly partition: AttributeValue;
  /** To be evaluated on the item; it names the sort key only. */
  readonly sort: Condition | undefined;
}

/** `partition = :p` alone, or with one condition on the sort key: all that a query takes. */
export function parseKeyCondition(expression: string, placeholders: Placeholders, schema: KeySchema): KeyCondition {
  const parts = conjuncts(parseCondition(expression, placeholders, 'KeyConditionExpression'));
  const isOnPartition = (part: Condition) => attributeOf(part) === schema.partitionKey.name;
  const onPartition = parts.filter(isOnPartition);
  const others = parts.filter((part) => !isOnPartition(part));
  const [partition] = onPartition;
  if (partition === undefined) {
    throw new ValidationException(`Query condition missed key schema element: ${schema.partitionKey.name}`);
  }
  if (
    onPartition.length > 1 ||
    others.length > 1 ||
    others.some((part) => attributeOf(part) !== schema.sortKey?.name) ||
    partition.kind !== 'compare' ||
    partition.comparator !== '=' ||
    partition.right.kind !== 'value'
  ) {
    throw new ValidationException('Query key condition not supported');
  }
  const value = partition.right.value;
  if (value[schema.partitionKey.type] === undefined) {
    throw new ValidationException(
      'One or more parameter values were invalid: Condition parameter type does not match schema type',
    );
  }
  return { partition: value, sort: others[0] };
}

function conjuncts(condition: Condition): Condition[] {
  return condition.kind === 'and' ? [...conjuncts(condition.left), ...conjuncts(condition.right)] : [condition];
}

/** The attribute that a key condition is about; undefined for what no key condition can be. */
function attributeOf(condition: Condition): string | undefined {
  if (condition.kind === 'begins_with') return condition.path[0];
  if (condition.kind === 'between') return condition.operand.kind === 'path' ? condition.operand.path[0] : undefined;
  if (condition.kind !== 'compare' || condition.comparator === '<>') return undefined;
  return condition.left.kind === 'path' ? condition.left.path[0] : undefined;
}
