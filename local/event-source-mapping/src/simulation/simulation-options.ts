import type { MappingEvent } from '../event.ts';
import type { MappingSettings } from '../mapping-settings.ts';
import type { StreamViewType } from '../records/table-change.ts';
import type { Tuning } from '../tuning.ts';
import type { SimulatedFaults } from './faults.ts';
import type { SimulatedFunction, SimulatedHandler } from './simulated-function.ts';
import type { SimulatedShard } from './simulated-shard.ts';

export interface SimulationOptions<Event = MappingEvent> {
  /** The fields of CreateEventSourceMapping; the source's ARN says whether it is DynamoDB or Kinesis. */
  readonly mapping: Omit<MappingSettings, 'UUID'> & { readonly UUID?: string };
  readonly shards: readonly SimulatedShard[];
  readonly handler: SimulatedHandler<Event>;
  /** Of the function: how long it may take, how often it may run at once. */
  readonly function?: Omit<SimulatedFunction, 'handler'>;
  /** @default none */
  readonly faults?: SimulatedFaults;
  /** Decides the faults, request ids and object names. @default 1 */
  readonly seed?: number;
  readonly tuning?: Tuning;
  /** Virtual epoch milliseconds at the beginning. @default 2026-01-01T00:00:00Z */
  readonly startMs?: number;
  /** Ends a run that does not settle. @default 7 days */
  readonly limitMs?: number;
  /** How long the stream keeps records. @default 24 hours */
  readonly retentionMs?: number;
  /** Of a table's stream, for records given as changes. @default NEW_AND_OLD_IMAGES */
  readonly viewType?: StreamViewType;
}
