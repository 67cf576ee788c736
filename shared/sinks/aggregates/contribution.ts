import type { AttributeMap } from '../../change/attribute-value.ts';
import { entityOf } from '../../change/entity.ts';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { readDecimal, readString } from '../../change/read-attribute.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import { parseTimestampMs } from '../../change/timestamp.ts';
import { boundedAmount } from './bounded-amount.ts';
import type { Delta, GroupBy, TotalDefinition } from './total-definition.ts';

/** Longest sort key of DynamoDB: a group is one. */
const MAX_GROUP_BYTES = 1024;

/**
 * What an item as it stands adds to each total. Total: an image that cannot be read as a total declares it counts under
 * that total's group `invalid`. If it were refused instead, the change that repairs the item would be refused too,
 * because its old image is the invalid one, and the counters would stay wrong for good.
 */
export function contributionsOf(
  image: AttributeMap | undefined,
  { table, totals }: { table: TableDefinition; totals: readonly TotalDefinition[] },
): readonly Delta[] {
  if (image === undefined) return [];
  const entity = entityOf(table, image)?.name;
  return totals
    .filter((total) => total.entity === entity)
    .map((total) => contributionTo(total, image))
    .filter((delta) => delta !== undefined);
}

function contributionTo(total: TotalDefinition, image: AttributeMap): Delta | undefined {
  try {
    if (total.where && readString(image, total.where.attribute, 'image') !== total.where.equals) return undefined;
    const group = readGroup(image, total.by);
    if (group === undefined) return undefined;
    const counted: Delta = { total: total.name, group: { kind: 'value', value: group }, count: 1 };
    return total.sum === undefined ? counted : { ...counted, sum: readAmount(image, total.sum) };
  } catch (error) {
    if (error instanceof InvalidRecordError) return { total: total.name, group: { kind: 'invalid' }, count: 1 };
    throw error;
  }
}

function readGroup(image: AttributeMap, { attribute, per }: GroupBy): string | undefined {
  const text = readString(image, attribute, 'image');
  if (text === undefined) return undefined;
  if (per !== undefined) {
    // Cut off as text, which is only right in UTC: in another zone the text names another day.
    const valid = text.endsWith('Z') && parseTimestampMs(text) !== undefined;
    if (!valid) throw new InvalidRecordError(`image.${attribute}`, 'is not an ISO 8601 instant in UTC');
    return text.slice(0, per === 'day' ? 'yyyy-mm-dd'.length : 'yyyy-mm-ddThh:mm'.length);
  }
  const bytes = Buffer.byteLength(text);
  if (bytes === 0 || bytes > MAX_GROUP_BYTES) throw new InvalidRecordError(`image.${attribute}`, 'cannot be a group');
  return text;
}

function readAmount(image: AttributeMap, attribute: string): string {
  const amount = boundedAmount(readDecimal(image, attribute, 'image') ?? '0');
  if (amount === undefined) throw new InvalidRecordError(`image.${attribute}`, 'is too long a number to be summed');
  return amount;
}
