import { ValidationException } from './errors.ts';
import { parseCondition } from './expression/condition.ts';
import { meets } from './expression/evaluate.ts';
import type { Placeholders } from './expression/placeholders.ts';
import { parseProjection, project } from './expression/projection.ts';
import { itemBytes } from './size.ts';
import { cloneItem, type Item } from './value.ts';

/** What a query and a scan answer. */
export interface Page {
  readonly Items?: Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Item;
}

interface PageInput {
  readonly Limit?: number | undefined;
  readonly Select?: string | undefined;
  readonly FilterExpression?: string | undefined;
  readonly ProjectionExpression?: string | undefined;
}

const maxPageBytes = 1024 * 1024;

/**
 * Reads candidates up to the limit or 1 MB, then filters: a page may be empty and still have a next one, and a page
 * that ends exactly at its limit names a next one that is empty.
 */
export function pageReader(
  input: PageInput,
  placeholders: Placeholders,
): (candidates: Iterable<Item>, positionOf: (item: Item) => Item) => Page {
  const { Limit: limit, Select: select } = input;
  if (limit !== undefined && limit < 1) {
    throw new ValidationException(
      `1 validation error detected: Value '${limit}' at 'limit' failed to satisfy constraint: ` +
        'Member must have value greater than or equal to 1',
    );
  }
  const filter =
    input.FilterExpression === undefined
      ? undefined
      : parseCondition(input.FilterExpression, placeholders, 'FilterExpression');
  const projection =
    input.ProjectionExpression === undefined ? undefined : parseProjection(input.ProjectionExpression, placeholders);
  return (candidates, positionOf) => {
    const found: Item[] = [];
    let scanned = 0;
    let bytes = 0;
    let last: Item | undefined;
    for (const item of candidates) {
      scanned += 1;
      bytes += itemBytes(item);
      if (filter === undefined || meets(item, filter)) found.push(item);
      if (scanned !== limit && bytes < maxPageBytes) continue;
      last = positionOf(item);
      break;
    }
    const items = found.map((item) => cloneItem(projection === undefined ? item : project(item, projection)));
    return {
      Count: found.length,
      ScannedCount: scanned,
      ...(select === 'COUNT' ? {} : { Items: items }),
      ...(last === undefined ? {} : { LastEvaluatedKey: cloneItem(last) }),
    };
  };
}
