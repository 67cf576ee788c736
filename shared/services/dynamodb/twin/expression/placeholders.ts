import { ValidationException } from '../errors.ts';
import { normalizedValue } from '../normalize.ts';
import type { AttributeValue } from '../value.ts';

/** The `#names` and `:values` of one request. DynamoDB refuses both missing and unused ones. */
export interface Placeholders {
  name(placeholder: string, what: string): string;
  value(placeholder: string, what: string): AttributeValue;
  /** To be called when every expression of the request is parsed. */
  assertAllUsed(): void;
}

interface PlaceholderInput {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

export function placeholdersOf(input: PlaceholderInput): Placeholders {
  const names = new Map(Object.entries(input.ExpressionAttributeNames ?? {}));
  const values = new Map(
    Object.entries(input.ExpressionAttributeValues ?? {}).map(([key, value]) => [key, normalizedValue(value)]),
  );
  const unusedNames = new Set(names.keys());
  const unusedValues = new Set(values.keys());
  return {
    name: (placeholder, what) => {
      unusedNames.delete(placeholder);
      return names.get(placeholder) ?? undefinedPlaceholder(what, 'name', placeholder);
    },
    value: (placeholder, what) => {
      unusedValues.delete(placeholder);
      return values.get(placeholder) ?? undefinedPlaceholder(what, 'value', placeholder);
    },
    assertAllUsed: () => {
      assertNone('ExpressionAttributeNames', unusedNames);
      assertNone('ExpressionAttributeValues', unusedValues);
    },
  };
}

function undefinedPlaceholder(what: string, kind: 'name' | 'value', placeholder: string): never {
  throw new ValidationException(
    `Invalid ${what}: An expression attribute ${kind} used in the document path is not defined; ` +
      `attribute ${kind}: ${placeholder}`,
  );
}

function assertNone(parameter: string, unused: ReadonlySet<string>): void {
  if (unused.size === 0) return;
  throw new ValidationException(
    `Value provided in ${parameter} unused in expressions: keys: {${[...unused].join(', ')}}`,
  );
}
