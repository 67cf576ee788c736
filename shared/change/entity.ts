import type { AttributeMap } from './attribute-value.ts';
import { isObject } from './raw-json.ts';
import type { EntityDefinition, TableDefinition } from './table-definition.ts';

/** Which of the table's entities an image (or a key that tells) is; undefined: none that is declared. */
export function entityOf(table: TableDefinition, image: AttributeMap | undefined): EntityDefinition | undefined {
  if (image === undefined) return undefined;
  return table.entities.find(({ match }) => {
    if (match === undefined) return true;
    const value: unknown = image[match.attribute];
    return isObject(value) && typeof value.S === 'string' && value.S.startsWith(match.prefix);
  });
}
