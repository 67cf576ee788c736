import type { Source } from './source.ts';

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
}

export function withDefaults(tuning: Tuning, kind: Source['kind']): Required<Tuning> {
  return {
    backoff: { baseMs: 500, maximumMs: 60_000 },
    polling: kind === 'dynamodb' ? { idleMs: 250, behindMs: 0 } : { idleMs: 1000, behindMs: 200 },
    discoveryIntervalMs: 10_000,
    windowGraceMs: 120_000,
    payloadLimitBytes: 6 * 1024 * 1024,
    bisectWhenFirstFails: true,
    ...tuning,
  };
}
