import type { MappingEvent } from '../event.ts';
import type { ObservedActivity, Observer } from '../observer.ts';
import { seededRandom } from '../seeded-random.ts';
import type { SimulatedHandler } from './simulated-function.ts';
import { Simulation } from './simulation.ts';
import type { SimulationOptions } from './simulation-options.ts';
import { type SimulationEnd, type Transcript, transcriptOf } from './transcript.ts';

/**
 * Runs a mapping over shards in virtual time until every record has ended. The run is a pure function of the options
 * (a handler that keeps state is part of them).
 *
 * With an observer, every step goes to it as it happens and nothing is kept; without, all steps are in the transcript.
 *
 * @throws {InvalidMappingError} when the settings cannot be used.
 */
export async function simulateMapping<Event = MappingEvent>(options: SimulationOptions<Event>): Promise<Transcript>;
export async function simulateMapping<Event = MappingEvent>(
  options: SimulationOptions<Event>,
  observer: Observer,
): Promise<SimulationEnd>;
export async function simulateMapping<Event>(
  options: SimulationOptions<Event>,
  observer?: Observer,
): Promise<SimulationEnd> {
  const activities: ObservedActivity[] = [];
  const { seed = 1, startMs = Date.UTC(2026, 0, 1) } = options;
  const random = seededRandom(seed);
  const collect: Observer = (activity) => void activities.push(activity);
  const handler: SimulatedHandler = (event, context) => options.handler(event as Event, context);
  const simulation = new Simulation({ ...options, handler, seed, startMs, random, observer: observer ?? collect });
  const end = await simulation.run();
  return observer ? end : transcriptOf(end, activities);
}
