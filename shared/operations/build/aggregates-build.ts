import type { Change } from '../../change/change.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import type { TableStream } from '../../services/dynamodb-streams/port.ts';
import type { AggregatesDependencies } from '../../sinks/aggregates/checkpoints.ts';
import type { Deltas } from '../../sinks/aggregates/deltas.ts';
import type { TotalDefinition } from '../../sinks/aggregates/total-definition.ts';
import type { Pace } from '../pace.ts';

/** What a build of the aggregates works on. */
export interface AggregatesBuild {
  readonly aggregates: AggregatesDependencies;
  readonly source: {
    readonly dynamodb: DynamoDb;
    /** Physical name. */
    readonly tableName: string;
    readonly definition: TableDefinition;
    readonly stream: TableStream;
    readonly region: string;
  };
  /** As the deployed function has them: a total that it does not know yet would be built and not be kept. */
  readonly totals: readonly TotalDefinition[];
  readonly effects: (change: Change) => Deltas | undefined;
  readonly failures: BuildFailures;
  /** Asked when both generations count everything: `switch` the readers, or `abandon` the new one. */
  readonly decide: (generations: { readonly old: number; readonly built: number }) => Promise<'switch' | 'abandon'>;
  readonly report: (progress: BuildProgress) => void;
  /** How fast the scan goes. */
  readonly pace: Pace;
  /** Nobody asked for it: it is built to be compared with, and gives way to whoever builds for readers. */
  readonly isAudit?: true;
}

/** Dead letters and failure objects of the consumer, in whatever state. */
export interface BuildFailures {
  /** How many wait to be redriven or discarded. */
  pending(): Promise<number>;
  /** How many were stored, for the first time or again, at this time or after it; milliseconds since the epoch. */
  since(timeMs: number): Promise<number>;
}

export type BuildProgress =
  | { readonly step: 'begun' | 'resumed' | 'tracking' | 'clearing'; readonly generation: number }
  | { readonly step: 'scanning'; readonly generation: number; readonly items: number; readonly filled: number }
  | { readonly step: 'waiting'; readonly generation: number; readonly shards: number }
  | { readonly step: 'repeating'; readonly reason: string };

export interface BuildResult {
  /** `refused`: nothing was begun. `abandoned`: nothing has changed for readers. */
  readonly outcome: 'switched' | 'abandoned' | 'refused';
  readonly generation: number;
  /** Why it did not come to the switch. */
  readonly reason?: string;
}
