import type { MappingMetrics } from './metrics.ts';

export type ShardPhase = 'waitingForParent' | 'reading' | 'invoking' | 'retrying' | 'endingWindow' | 'finished';

export interface ShardStatus {
  readonly shardId: string;
  readonly phase: ShardPhase;
  /** The last record dealt with. */
  readonly checkpoint: string | undefined;
  readonly lastRead: string | undefined;
  /** Records in the invocation that is under way or being repeated. */
  readonly inFlight: number;
  /** Records read and not yet sent. */
  readonly buffered: number;
  /** Of the records in flight, counting from 1; 0 when there are none. */
  readonly attempt: number;
  /** Age of the last record of the newest invocation when it was sent. */
  readonly iteratorAgeMs: number | undefined;
  /** Age of the oldest record read and not dealt with; else how far reading lies behind, where the stream tells. */
  readonly lagMs: number;
}

export interface MappingStatus {
  readonly state: 'Enabled' | 'Disabling' | 'Disabled' | 'Stopped';
  /** Those the stream still has, in its order of discovery. */
  readonly shards: readonly ShardStatus[];
  readonly metrics: MappingMetrics;
  /** As GetEventSourceMapping words it. */
  readonly lastProcessingResult: string;
  /** The largest among the shards. */
  readonly iteratorAgeMs: number | undefined;
}
