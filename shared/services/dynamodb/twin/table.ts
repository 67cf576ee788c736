import type { ItemKey, KeySchema } from './key.ts';
import { equalItems, type Item } from './value.ts';

/** A table of the twin. A `TableResource` fits, with the physical name in place of the logical one. */
export interface TwinTable extends KeySchema {
  readonly name: string;
  readonly timeToLiveAttribute?: string;
  readonly globalIndexes?: readonly TwinIndex[];
}

/** Projects all attributes. Read at once: the twin shows no lag between table and index. */
export interface TwinIndex extends KeySchema {
  readonly name: string;
}

export interface Partition {
  /** Scans go by it, so that nobody comes to rely on keys coming in their order. */
  readonly hash: number;
  readonly rows: Map<string, Item>;
}

/** One committed change of an item. Items are never modified in place, so that these stay what they were. */
export interface ItemChange {
  readonly table: TableState;
  readonly key: ItemKey;
  readonly before: Item | undefined;
  readonly after: Item | undefined;
}

export interface TableState {
  readonly definition: TwinTable;
  readonly partitions: Map<string, Partition>;
}

export function newTable(definition: TwinTable): TableState {
  return { definition, partitions: new Map() };
}

export function findItem(table: TableState, key: ItemKey): Item | undefined {
  return table.partitions.get(key.partition)?.rows.get(key.sort);
}

/** Every item, in the order of a scan for partitions and of insertion within one. */
export function* allItems(table: TableState): Generator<Item> {
  for (const partition of table.partitions.values()) yield* partition.rows.values();
}

/** Commits. False when nothing changed: DynamoDB then writes no stream record either. */
export function applyChange({ table, key, before, after }: ItemChange): boolean {
  if (before === undefined && after === undefined) return false;
  if (before !== undefined && after !== undefined && equalItems(before, after)) return false;
  const partition = table.partitions.get(key.partition) ?? { hash: hashOf(key.partition), rows: new Map() };
  if (after === undefined) partition.rows.delete(key.sort);
  else partition.rows.set(key.sort, after);
  if (partition.rows.size === 0) table.partitions.delete(key.partition);
  else table.partitions.set(key.partition, partition);
  return true;
}

/** FNV-1a: fixed across runs, which random schedules need to be replayable. */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
