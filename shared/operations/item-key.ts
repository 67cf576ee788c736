import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';
import type { KeyAttribute, TableDefinition } from '../change/table-definition.ts';
import { OperatorError } from './target.ts';

/** The keys of an item as a person writes them: one text for each key attribute; binary in base64. */
export function itemKeys(texts: readonly string[], { partitionKey, sortKey, name }: TableDefinition): AttributeMap {
  const wanted = [partitionKey, ...(sortKey === undefined ? [] : [sortKey])];
  if (texts.length !== wanted.length) {
    const named = wanted.map((each) => each.name).join(' and ');
    throw new OperatorError(
      `An item of ${name} is named by its ${named}: write ${wanted.length}, not ${texts.length}.`,
    );
  }
  return Object.fromEntries(wanted.map((key, at) => [key.name, keyAttribute(texts[at] ?? '', key)]));
}

function keyAttribute(text: string, { name, type }: KeyAttribute): AttributeValue {
  if (type === 'S') return { S: text };
  if (type === 'B') return { B: text };
  if (/^-?\d+(\.\d+)?$/.test(text)) return { N: text };
  throw new OperatorError(`${name} is a number, not "${text}".`);
}
