/**
 * Every record of a source has an outcome with every consumer that reads it: it is behind the consumer's position or
 * inside a failure object; and the records that the consumer cannot accept, and only those, are dead letters.
 */
import { createFinding, type Finding } from './finding.ts';
import type { SourceRecord } from './stored.ts';
import { emailedAttributes, invalidAttributes, searchedAttributes } from './users.ts';

export interface AccountingState {
  readonly consumer: string;
  /** Read back from the consumer's source, from its oldest record on. */
  readonly records: readonly SourceRecord[];
  /** Last sequence number that the consumer's mapping has passed, by shard. */
  readonly positions: ReadonlyMap<string, string>;
  readonly failureObjects: readonly RecordRange[];
  readonly deadLetters: readonly RecordPlace[];
}

export interface RecordPlace {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export interface RecordRange {
  readonly shardId: string;
  readonly first: string;
  readonly last: string;
}

export function checkAccounting(state: AccountingState): Finding {
  const { consumer, records, positions, failureObjects, deadLetters } = state;
  const finding = createFinding(consumer, 'records');
  const waiting = new Set(deadLetters.map(nameOf));
  let accounted = 0;
  let poison = 0;
  for (const record of records) {
    const name = nameOf(record);
    const givenUp = failureObjects.some((range) => contains(range, record));
    const position = positions.get(record.shardId);
    const passed = position !== undefined && BigInt(position) >= BigInt(record.sequenceNumber);
    const unacceptable = isPoison(consumer, record);
    if (unacceptable) poison += 1;
    if (!passed && !givenUp) finding.add('unaccounted', `${name} has not been passed by ${consumer}`);
    else if (unacceptable && !waiting.has(name) && !givenUp) {
      finding.add('unaccounted', `${name} of ${record.id} cannot be accepted and is no dead letter`);
    } else accounted += 1;
    if (!unacceptable && waiting.has(name)) {
      finding.add('unaccounted', `${name} of ${record.id} is a dead letter and should have been accepted`);
    }
    waiting.delete(name);
  }
  for (const name of waiting) finding.add('unaccounted', `dead letter ${name} is of no record of the source`);
  return finding.finish({
    expected: records.length,
    found: accounted,
    details: { poison, deadLetters: deadLetters.length, failureObjects: failureObjects.length },
  });
}

/** Aggregates accept everything: what they cannot group they count as invalid. The others never look. */
export function isPoison(consumer: AccountingState['consumer'], { eventName, newImage }: SourceRecord): boolean {
  if (newImage === undefined || (consumer !== 'welcome-email' && consumer !== 'search-index')) return false;
  if (consumer === 'welcome-email') {
    return eventName === 'INSERT' && invalidAttributes(newImage, emailedAttributes).length > 0;
  }
  return invalidAttributes(newImage, searchedAttributes).length > 0;
}

function nameOf({ shardId, sequenceNumber }: RecordPlace): string {
  return `${shardId}:${sequenceNumber}`;
}

function contains({ shardId, first, last }: RecordRange, record: RecordPlace): boolean {
  const sequence = BigInt(record.sequenceNumber);
  return shardId === record.shardId && BigInt(first) <= sequence && sequence <= BigInt(last);
}
