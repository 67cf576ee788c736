import type { MappingSettings } from '../mapping-config.ts';
import type { ObservedActivity, Observer } from '../observer.ts';
import type { StreamViewType } from '../records/table-change.ts';
import { seededRandom } from '../seeded-random.ts';
import type { Tuning } from '../tuning.ts';
import type { SimulatedFaults } from './faults.ts';
import type { SimulatedFunction, SimulatedHandler } from './simulated-function.ts';
import type { SimulatedShard } from './simulated-shard.ts';
import { Simulation } from './simulation.ts';
import { type SimulationEnd, type Transcript, transcriptOf } from './transcript.ts';

export interface SimulationOptions {
  /** The fields of CreateEventSourceMapping; the source's ARN says whether it is DynamoDB or Kinesis. */
  readonly mapping: Omit<MappingSettings, 'UUID'> & { readonly UUID?: string };
  readonly shards: readonly SimulatedShard[];
  readonly handler: SimulatedHandler;
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

/**
 * Runs a mapping over shards in virtual time until every record has ended. The run is a pure function of the options
 * (a handler that keeps state is part of them).
 *
 * With an observer, every step goes to it as it happens and nothing is kept; without, all steps are in the transcript.
 *
 * @throws {InvalidMappingError} when the settings cannot be used.
 */
export async function simulateMapping(options: SimulationOptions): Promise<Transcript>;
export async function simulateMapping(options: SimulationOptions, observer: Observer): Promise<SimulationEnd>;
export async function simulateMapping(options: SimulationOptions, observer?: Observer): Promise<SimulationEnd> {
  const activities: ObservedActivity[] = [];
  const { seed = 1, startMs = Date.UTC(2026, 0, 1) } = options;
  const random = seededRandom(seed);
  const collect: Observer = (activity) => void activities.push(activity);
  const simulation = new Simulation({ ...options, seed, startMs, random, observer: observer ?? collect });
  const end = await simulation.run();
  return observer ? end : transcriptOf(end, activities);
}
