import { setMaxListeners } from 'node:events';
import { Checkpoints } from './checkpoints.ts';
import type { Clock } from './clock.ts';
import type { Invoke } from './invocation.ts';
import { checkMapping, InvalidMappingError, type MappingConfig } from './mapping-config.ts';
import type { MappingSettings } from './mapping-settings.ts';
import { newCounters } from './metrics.ts';
import type { Observer } from './observer.ts';
import type { PositionStore } from './positions/position-store.ts';
import type { Deliver, Session } from './session.ts';
import { ShardCoordinator } from './shard-coordinator.ts';
import type { Source } from './source.ts';
import type { MappingStatus } from './status.ts';
import { type Tuning, withDefaults } from './tuning.ts';

export interface MappingOptions {
  readonly mapping: MappingSettings;
  readonly source: Source;
  readonly invoke: Invoke;
  readonly clock: Clock;
  /** Uniform in [0, 1): request ids and object names. */
  readonly random: () => number;
  readonly positions: PositionStore;
  readonly deliver: Deliver;
  readonly observer?: Observer;
  readonly tuning?: Tuning;
}

export interface RunningMapping {
  /** Disables: no new attempt begins; resolves when the one under way has ended. The positions stay. */
  pause(): Promise<void>;
  /** Enables again, from the positions. */
  resume(): void;
  /**
   * Goes on from the positions under other settings, once the attempt under way has ended. The stream, the function's
   * identity and the starting position stay.
   *
   * @throws {InvalidMappingError} when they cannot be used; nothing changes then.
   */
  update(settings: MappingSettings): Promise<void>;
  /** Ends at once: an invocation under way is abandoned and its records are delivered again by the next mapping. */
  stop(): Promise<void>;
  status(): MappingStatus;
  /** Resolves after {@link stop}; rejects when an observer or a port breaks its contract, which ends the mapping. */
  readonly ended: Promise<void>;
}

/**
 * Starts a mapping from its stored positions, or from its starting position the first time.
 *
 * @throws {InvalidMappingError} when the settings cannot be used.
 * @throws whatever `positions.load` rejects with: reading from the start again instead would repeat everything.
 */
export async function startMapping(options: MappingOptions): Promise<RunningMapping> {
  const config = checkMapping(options.mapping, options.clock.nowMs(), options.tuning?.filters);
  const { source, positions } = options;
  if (source.arn !== config.eventSourceArn) {
    const reason = `EventSourceArn is ${config.eventSourceArn}, but the source reads ${source.arn}.`;
    throw new InvalidMappingError([{ reason, message: reason }]);
  }
  const checkpoints = new Checkpoints(positions, source.arn, await positions.load());
  return new MappingRun(options, config, checkpoints);
}

const STREAM_STAYS = 'EventSourceArn cannot be changed: create another mapping.';

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_GetEventSourceMapping.html */
const RESULTS = { none: 'No records processed', OK: 'OK', PROBLEM: 'PROBLEM: Function call failed' };

class MappingRun implements RunningMapping {
  readonly ended: Promise<void>;
  readonly #base: Omit<Session, 'drain' | 'config'>;
  #config: MappingConfig;
  readonly #stop = manyListeners(new AbortController());
  readonly #end = Promise.withResolvers<void>();
  #state: MappingStatus['state'] = 'Disabled';
  #drain = manyListeners(new AbortController());
  #coordinator: ShardCoordinator | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(options: MappingOptions, config: MappingConfig, checkpoints: Checkpoints) {
    const { source, invoke, deliver, clock, random, observer } = options;
    this.#config = config;
    this.#base = {
      ...{ source, invoke, deliver, clock, random, checkpoints },
      tuning: withDefaults(options.tuning ?? {}, source.kind),
      metrics: newCounters(),
      lastResult: { value: 'none' },
      stop: this.#stop.signal,
      observe: (activity, shardId) =>
        observer?.({ ...activity, atMs: clock.nowMs(), ...(shardId === undefined ? {} : { shardId }) }),
    };
    this.ended = this.#end.promise;
    if (config.enabled) this.resume();
  }

  async pause(): Promise<void> {
    if (this.#state === 'Enabled') {
      this.#state = 'Disabling';
      this.#drain.abort();
    }
    await this.#running;
  }

  resume(): void {
    if (this.#state === 'Stopped' || this.#state === 'Enabled') return;
    const drain = manyListeners(new AbortController());
    const previous = this.#running;
    this.#drain = drain;
    this.#state = 'Enabled';
    this.#running = previous.then(() => this.#run(drain));
  }

  async update(settings: MappingSettings): Promise<void> {
    const { clock, source, tuning } = this.#base;
    const config = checkMapping(settings, clock.nowMs(), tuning.filters);
    if (config.eventSourceArn !== source.arn) {
      throw new InvalidMappingError([{ reason: STREAM_STAYS, message: STREAM_STAYS }]);
    }
    await this.pause();
    this.#config = config;
    if (config.enabled) this.resume();
  }

  async stop(): Promise<void> {
    this.#state = 'Stopped';
    this.#stop.abort();
    this.#drain.abort();
    await this.#running;
    await this.#base.checkpoints.settled();
    this.#end.resolve();
  }

  status(): MappingStatus {
    const shards = this.#coordinator?.status() ?? [];
    const ages = shards.flatMap(({ iteratorAgeMs }) => (iteratorAgeMs === undefined ? [] : [iteratorAgeMs]));
    return {
      state: this.#state,
      shards,
      metrics: { ...this.#base.metrics },
      lastProcessingResult: RESULTS[this.#base.lastResult.value],
      iteratorAgeMs: ages.length > 0 ? Math.max(...ages) : undefined,
    };
  }

  async #run(drain: AbortController): Promise<void> {
    if (drain.signal.aborted) return;
    this.#coordinator = new ShardCoordinator({ ...this.#base, config: this.#config, drain: drain.signal });
    try {
      await this.#coordinator.run();
      if (this.#state === 'Disabling') this.#state = 'Disabled';
    } catch (error) {
      this.#state = 'Stopped';
      this.#stop.abort();
      drain.abort();
      this.#end.reject(error);
    }
  }
}

/** Every shard listens to the same signals; Node would take more than ten for a leak. */
function manyListeners(controller: AbortController): AbortController {
  setMaxListeners(0, controller.signal);
  return controller;
}
