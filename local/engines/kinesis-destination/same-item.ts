import { isDeepStrictEqual } from 'node:util';
import type { AttributeMap, AttributeValue } from '../../../shared/change/attribute-value.ts';

/** Whether two images hold the same item: the order of attributes and of set members says nothing, as in DynamoDB. */
export function sameItem(a: AttributeMap, b: AttributeMap): boolean {
  return isDeepStrictEqual(withSortedSets(a), withSortedSets(b));
}

function withSortedSets(map: AttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(map).map(([name, value]) => [name, sortSets(value)]));
}

function sortSets(value: AttributeValue): AttributeValue {
  if ('SS' in value) return { SS: value.SS.toSorted() };
  if ('NS' in value) return { NS: value.NS.toSorted() };
  if ('BS' in value) return { BS: value.BS.toSorted() };
  if ('L' in value) return { L: value.L.map(sortSets) };
  if ('M' in value) return { M: withSortedSets(value.M) };
  return value;
}
