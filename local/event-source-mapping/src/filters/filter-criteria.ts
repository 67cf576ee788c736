import type { EventRecord } from '../event.ts';
import type { FilterProblem } from './invalid-filter.ts';
import { validateFilter } from './match-filter.ts';
import { type FilterOptions, type RecordFilter, recordFilter, type StreamKind } from './record-filter.ts';

/** A record passes when one of the filters lets it pass. */
export interface FilterCriteria {
  readonly Filters?: readonly { readonly Pattern?: string }[];
}

export interface FilterCriteriaOptions extends FilterOptions {
  readonly kind: StreamKind;
  /** The account's quota of filters per mapping: 5, or up to 10 on request. @default 5 */
  readonly maximumFilters?: number;
}

/** Of a pattern, in characters. */
const PATTERN_LIMIT = 4096;

/**
 * Everything wrong with the criteria; nothing when they can be used. An empty list of filters is as good as none.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/api/API_FilterCriteria.html
 */
export function filterCriteriaProblems(
  criteria: FilterCriteria | undefined,
  options: FilterCriteriaOptions,
): readonly FilterProblem[] {
  const filters = criteria?.Filters ?? [];
  const { maximumFilters = 5 } = options;
  const problems = filters.flatMap(({ Pattern: pattern }, index) => patternProblems(pattern, index, options));
  if (filters.length <= maximumFilters) return problems;
  const reason = `FilterCriteria has ${filters.length} filters; the quota is ${maximumFilters}.`;
  return [...problems, { message: 'Filter count exceeds the quota of filters per event source mapping.', reason }];
}

function patternProblems(pattern: string | undefined, index: number, options: FilterOptions): FilterProblem[] {
  const field = `filterCriteria.filters.${index + 1}.member.pattern`;
  if (pattern !== undefined && pattern.length > PATTERN_LIMIT) {
    const limit = `Member must have length less than or equal to ${PATTERN_LIMIT}`;
    return [
      {
        message: `1 validation error detected: Value '${pattern}' at '${field}' failed to satisfy constraint: ${limit}`,
        reason: `Filter ${index + 1} has a pattern of ${pattern.length} characters.`,
      },
    ];
  }
  const problem = validateFilter(pattern ?? '', options);
  return problem ? [{ ...problem, reason: `Filter ${index + 1}: ${problem.reason}` }] : [];
}

/**
 * The criteria as one filter; undefined when every record passes.
 *
 * @throws {InvalidFilterError} for criteria that have problems.
 */
export function compileFilterCriteria(
  criteria: FilterCriteria | undefined,
  options: FilterCriteriaOptions,
): RecordFilter | undefined {
  const filters = (criteria?.Filters ?? []).map(({ Pattern: pattern }) => recordFilter(pattern ?? '', options));
  if (filters.length === 0) return undefined;
  return (record: EventRecord) => filters.some((filter) => filter(record));
}
