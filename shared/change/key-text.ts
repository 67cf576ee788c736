import type { AttributeMap } from './attribute-value.ts';
import { canonicalDecimal } from './decimal.ts';

/**
 * One text per item: equal exactly when the keys are. Names and types are part of it, and JSON quotes the values, so
 * two keys never join to the same text; numbers count by value.
 */
export function keyText(keys: AttributeMap): string {
  const names = Object.keys(keys).sort();
  return JSON.stringify(
    names.map((name) => {
      const value = keys[name];
      if (value === undefined || !('N' in value)) return [name, value];
      return [name, { N: canonicalDecimal(value.N) ?? value.N }];
    }),
  );
}
