import type { TableDefinition } from '../change/table-definition.ts';
import { isTombstone } from '../change/tombstone.ts';
import { toImage } from '../services/dynamodb/image.ts';
import { type PlainItem, type PlainValue, type StoredItem, toPlain, toStored } from './plain-item.ts';
import { WriteError } from './write-error.ts';
import type { AttributeChanges } from './write-request.ts';

/** Attributes with their new values; `undefined` removes one. */
export type Changes = Readonly<Record<string, PlainValue>>;

/** @throws {WriteError} `invalid-item` for an attribute that cannot be stored, or is the writer's own. */
export function fromApplication(item: PlainItem, definition: TableDefinition): StoredItem {
  for (const name of [definition.versionAttribute, definition.tombstoneAttribute]) {
    if (!Object.hasOwn(item, name)) continue;
    throw new WriteError('invalid-item', `The attribute ${name} is the writer's own: leave it out.`);
  }
  return toStored(item);
}

/** @throws {WriteError} as `fromApplication` */
export function changesFromApplication(changes: Changes, definition: TableDefinition): AttributeChanges {
  const remove = Object.keys(changes).filter((name) => changes[name] === undefined);
  return { set: fromApplication(changes, definition), remove };
}

/** The item as an application knows it; `undefined` when it is deleted, or none. */
export function toApplication(
  item: StoredItem | undefined,
  definition: TableDefinition,
): Record<string, PlainValue> | undefined {
  if (!isThere(item, definition)) return undefined;
  const { [definition.versionAttribute]: _stamp, ...rest } = item;
  return toPlain(rest);
}

export function isThere(item: StoredItem | undefined, definition: TableDefinition): item is StoredItem {
  return item !== undefined && !isTombstone(toImage(item), definition);
}
