import type { EventRecord } from '../event.ts';
import { type FilterProblem, InvalidFilterError } from './invalid-filter.ts';
import { type FilterOptions, type RecordFilter, recordFilter } from './record-filter.ts';

/** Compiled patterns of {@link matchFilter}, which is called once per record with few patterns. */
const compiled = new Map<string, RecordFilter>();
const COMPILED_LIMIT = 100;

/**
 * Whether a record, as the function would receive it, passes a filter pattern.
 *
 * @param pattern JSON text, as in `FilterCriteria.Filters[].Pattern`.
 * @throws {InvalidFilterError} when the pattern cannot be used.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html
 */
export function matchFilter(pattern: string, record: EventRecord, options: FilterOptions = {}): boolean {
  const kind = 'kinesis' in record ? 'kinesis' : 'dynamodb';
  const key = `${kind} ${options.undocumentedOperators === true} ${pattern}`;
  let filter = compiled.get(key);
  if (!filter) {
    filter = recordFilter(pattern, { ...options, kind });
    if (compiled.size >= COMPILED_LIMIT) compiled.clear();
    compiled.set(key, filter);
  }
  return filter(record);
}

/** What is wrong with a filter pattern, or undefined. Without a `kind`: for either source. */
export function validateFilter(pattern: string, options: FilterOptions = {}): FilterProblem | undefined {
  try {
    recordFilter(pattern, options);
    return undefined;
  } catch (error) {
    if (error instanceof InvalidFilterError) return { message: error.message, reason: error.reason };
    throw error;
  }
}
