import type { FilterCriteriaOptions } from './filters/filter-criteria.ts';
import type { Source } from './source.ts';

/** The quota of filters, and what the documentation of patterns leaves open. */
export type FilterTuning = Omit<FilterCriteriaOptions, 'kind'>;

/** What Lambda does not document, or does at a pace that suits a cloud better than a laptop. */
export interface Tuning {
  /** @default 500 ms, doubling, up to 60 s: fits what was recorded on AWS */
  readonly backoff?: { readonly baseMs: number; readonly maximumMs: number };
  /**
   * The shortest time between two reads of one shard that is at its tip (`idleMs`), or behind (`behindMs`).
   *
   * @default 250 and 0 ms for DynamoDB, 1000 and 200 ms for Kinesis
   */
  readonly polling?: { readonly idleMs: number; readonly behindMs: number };
  /** How often the stream is asked for shards, besides at the end of each shard. @default 10000 */
  readonly discoveryIntervalMs?: number;
  /** How long a tumbling window without new records stays open after its end. @default 120000 */
  readonly windowGraceMs?: number;
  /** Largest event in bytes of JSON; a single record above it still goes alone. @default 6 MiB */
  readonly payloadLimitBytes?: number;
  /** Whether bisecting also answers a partial response that names the first record. @default true */
  readonly bisectWhenFirstFails?: boolean;
  /** Whether the two halves of a bisected batch count their age from the cut. @default false: from arrival */
  readonly bisectResetsRecordAge?: boolean;
  /** What is given up when a partial response keeps naming the first record. @default 'rest': all that is left */
  readonly exhaustedPartial?: 'rest' | 'first';
  /** Whether neighbours given up one by one after bisecting share one document. @default false */
  readonly consolidateDiscards?: boolean;
  /** Whether approximateInvokeCount of records that grew too old is one above the invocations. @default true */
  readonly expiryCountsAsInvocation?: boolean;
  /** How a response that is neither an object nor a list counts. @default 'success' */
  readonly nonObjectResponse?: 'success' | 'failure';
  /** Whether a sequence number reported as a JSON number names its record. @default 'failure': of the whole batch */
  readonly numericIdentifiers?: 'failure' | 'match';
  /** Whether `BatchItemFailures` and `ItemIdentifier` are read as well. @default 'ignored' */
  readonly upperCaseKeys?: 'ignored' | 'read';
  /** When the age of the last record of a batch is taken for IteratorAge. @default 'sent' */
  readonly iteratorAgeAt?: 'sent' | 'ended';
  /** With ParallelizationFactor: records read past the oldest unfinished one before reading waits. @default 10000 */
  readonly laneAheadRecords?: number;
  readonly filters?: FilterTuning;
  /** How long creating, updating, enabling, disabling and deleting take to come into effect. @default 1000 */
  readonly transitionMs?: number;
}

export function withDefaults(tuning: Tuning, kind: Source['kind']): Required<Tuning> {
  return {
    backoff: { baseMs: 500, maximumMs: 60_000 },
    polling: kind === 'dynamodb' ? { idleMs: 250, behindMs: 0 } : { idleMs: 1000, behindMs: 200 },
    discoveryIntervalMs: 10_000,
    windowGraceMs: 120_000,
    payloadLimitBytes: 6 * 1024 * 1024,
    bisectWhenFirstFails: true,
    bisectResetsRecordAge: false,
    exhaustedPartial: 'rest',
    consolidateDiscards: false,
    expiryCountsAsInvocation: true,
    nonObjectResponse: 'success',
    numericIdentifiers: 'failure',
    upperCaseKeys: 'ignored',
    iteratorAgeAt: 'sent',
    laneAheadRecords: 10_000,
    filters: {},
    transitionMs: 1000,
    ...tuning,
  };
}
