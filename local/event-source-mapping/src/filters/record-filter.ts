import type { EventRecord, KinesisEventRecord } from '../event.ts';
import { matchesBranch } from './branch-match.ts';
import { type FilterPattern, type PatternOptions, parseFilterPattern } from './filter-pattern.ts';
import { InvalidFilterError } from './invalid-filter.ts';
import { type JsonNode, JsonTextError, parseJsonText } from './json-text.ts';
import { LeafCollector, type Leaves, pathsTowards } from './leaves.ts';

export type StreamKind = 'dynamodb' | 'kinesis';

/** Whether a record passes. */
export type RecordFilter = (record: EventRecord) => boolean;

export interface FilterOptions extends PatternOptions {
  /** What is filtered; decides how `data` in a pattern is read. */
  readonly kind?: StreamKind;
}

/**
 * A filter of one pattern. A DynamoDB record is matched whole. Of a Kinesis record, what is under `kinesis` is matched,
 * with `data` decoded and parsed: only if the pattern asks for it, and a record whose data is not JSON then fails.
 *
 * @throws {InvalidFilterError}
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-ddb-filtering.html
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis-filtering.html
 */
export function recordFilter(pattern: string, options: FilterOptions = {}): RecordFilter {
  const branches = parseFilterPattern(pattern, options);
  const paths = new Set(branches.flatMap((branch) => [...branch.keys()]));
  if (options.kind === 'kinesis' && paths.has('data')) {
    throw new InvalidFilterError(
      'data compares the body of a Kinesis record as plain text, but only JSON is filtered.',
    );
  }
  const towards = pathsTowards(paths);
  return (record) => {
    const leaves = 'kinesis' in record ? kinesisLeaves(record, towards) : dynamoDbLeaves(record, towards);
    return leaves !== undefined && matches(branches, leaves);
  };
}

function matches(branches: FilterPattern, leaves: Leaves): boolean {
  return branches.some((branch) => matchesBranch(branch, leaves));
}

function dynamoDbLeaves(record: EventRecord, towards: ReadonlySet<string>): Leaves {
  const collector = new LeafCollector(towards);
  collector.value(record, '');
  return collector.leaves;
}

/** Undefined when the pattern needs the data and cannot have it. */
function kinesisLeaves({ kinesis }: KinesisEventRecord, towards: ReadonlySet<string>): Leaves | undefined {
  const collector = new LeafCollector(towards);
  const { data, ...metadata } = kinesis;
  collector.value(metadata, '');
  if (towards.has('data')) {
    const node = parsedData(data);
    if (!node) return undefined;
    collector.node(node, 'data');
  }
  return collector.leaves;
}

function parsedData(base64: string): JsonNode | undefined {
  try {
    return parseJsonText(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')));
  } catch (error) {
    if (error instanceof JsonTextError || error instanceof TypeError) return undefined;
    throw error;
  }
}
