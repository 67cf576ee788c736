import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { AttributeMap } from '../change/attribute-value.ts';
import type { Change } from '../change/change.ts';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import { keyText } from '../change/key-text.ts';
import type { TableDefinition } from '../change/table-definition.ts';

/** An item as its newest change in a batch left it. */
interface ItemState {
  readonly keys: AttributeMap;
  /** Absent: the item is gone. */
  readonly image?: AttributeMap;
}

/**
 * The items that a batch tells of, for consumers that read an item again: an empty table would make them believe that
 * it was removed. Of several changes at the same time the last one in the batch counts.
 */
export function newestImages(
  { header, records }: RecordedBatch,
  { table, region }: { table: TableDefinition; region: string },
): readonly ItemState[] {
  const newest = new Map<string, Change>();
  for (const { record } of records) {
    const change = readable(() =>
      header.source === 'kinesis' ? parseKinesisRecord(record, { region }) : parseStreamRecord(record, { region }),
    );
    if (change === undefined || !hasKeysOf(change.keys, table)) continue;
    const known = newest.get(keyText(change.keys));
    if (known !== undefined && known.createdAt.microseconds > change.createdAt.microseconds) continue;
    newest.set(keyText(change.keys), change);
  }
  return [...newest.values()].map(({ keys, newImage }) =>
    newImage === undefined ? { keys } : { keys, image: newImage },
  );
}

/** What cannot be read as a change is for the consumer to judge. */
function readable(parse: () => Change): Change | undefined {
  try {
    return parse();
  } catch {
    return undefined;
  }
}

/** A recording of another table is refused by the consumer, not by the twin. */
function hasKeysOf(keys: AttributeMap, { partitionKey, sortKey }: TableDefinition): boolean {
  return [partitionKey, ...(sortKey === undefined ? [] : [sortKey])].every(({ name, type }) => {
    const value = keys[name];
    return value !== undefined && type in value;
  });
}
