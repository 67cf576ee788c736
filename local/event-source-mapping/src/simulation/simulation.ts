import { type MappingMetrics, newCounters } from '../metrics.ts';
import type { Observer } from '../observer.ts';
import { memoryPositions } from '../positions/memory-positions.ts';
import type { PositionStore, Positions, ShardPosition } from '../positions/position-store.ts';
import { type RunningMapping, startMapping } from '../start-mapping.ts';
import type { ShardStatus } from '../status.ts';
import { uuidFrom } from '../uuid.ts';
import { type VirtualClock, virtualClock } from '../virtual-clock.ts';
import { type Dice, faultyDelivery, faultyInvoke, faultyPositions, faultySource, type TimedFault } from './faults.ts';
import { simulatedInvoke } from './simulated-function.ts';
import { SimulatedSource } from './simulated-source.ts';
import type { SimulationOptions } from './simulation-options.ts';
import type { SimulationEnd } from './transcript.ts';

const WEEK_MS = 7 * 24 * 3_600_000;

export interface SimulationSetting extends SimulationOptions {
  readonly seed: number;
  readonly startMs: number;
  readonly random: () => number;
  readonly observer: Observer;
}

/** One run: a clock, a stream, a function, positions, and the mapping between them. */
export class Simulation {
  readonly #setting: SimulationSetting;
  readonly #clock: VirtualClock;
  readonly #source: SimulatedSource;
  readonly #store: PositionStore;
  readonly #dice: Dice;
  readonly #uuid: string;
  readonly #metrics = newCounters();
  #positions: Positions | undefined;
  #timedLeft = 0;
  #mapping: RunningMapping | undefined;
  #broken: { readonly error: unknown } | undefined;

  constructor(setting: SimulationSetting) {
    const { mapping, shards, faults = {}, startMs, random } = setting;
    this.#setting = setting;
    this.#clock = virtualClock({ startMs });
    const { viewType, retentionMs } = setting;
    const stream = { arn: mapping.EventSourceArn, shards, clock: this.#clock, startMs };
    this.#source = new SimulatedSource({
      ...stream,
      ...(viewType === undefined ? {} : { viewType }),
      ...(retentionMs === undefined ? {} : { retentionMs }),
      broken: (error) => {
        this.#broken ??= { error };
      },
    });
    this.#dice = { chances: faults, random };
    this.#uuid = mapping.UUID ?? uuidFrom(random);
    const memory = memoryPositions();
    const store: PositionStore = {
      load: () => memory.load(),
      save: async (positions) => {
        this.#positions = positions;
        await memory.save(positions);
      },
    };
    this.#store = faultyPositions(store, this.#dice);
  }

  async run(): Promise<SimulationEnd> {
    const { startMs, seed, faults, limitMs = WEEK_MS } = this.#setting;
    const untilMs = startMs + limitMs;
    await this.#start();
    for (const timed of faults?.timed ?? []) this.#at(timed);
    await this.#clock.advance(0);
    let settled = this.#settled();
    while (!settled && !this.#broken && (await this.#clock.step(untilMs))) settled = this.#settled();
    await this.#stop();
    if (this.#broken) throw this.#broken.error;
    return {
      ended: settled ? 'settled' : 'timeLimit',
      seed,
      startedMs: startMs,
      endedMs: this.#clock.nowMs(),
      positions: this.#positions?.shards ?? {},
      metrics: this.#metrics,
    };
  }

  async #start(): Promise<void> {
    const { mapping, handler, observer, random, tuning } = this.#setting;
    const simulated = simulatedInvoke({ handler, ...this.#setting.function }, this.#clock);
    this.#mapping = await startMapping({
      mapping: { ...mapping, UUID: this.#uuid },
      source: faultySource(this.#source, this.#dice),
      invoke: faultyInvoke(simulated, this.#dice),
      clock: this.#clock,
      random,
      positions: this.#store,
      deliver: (delivery) => faultyDelivery(delivery, this.#dice),
      observer,
      ...(tuning ? { tuning } : {}),
    });
    this.#mapping.ended.catch((error: unknown) => {
      this.#broken ??= { error };
    });
  }

  async #stop(): Promise<void> {
    if (!this.#mapping) return;
    await this.#mapping.stop();
    addTo(this.#metrics, this.#mapping.status().metrics);
    this.#mapping = undefined;
  }

  #at(timed: TimedFault): void {
    this.#timedLeft += 1;
    const strike = async () => {
      await this.#clock.sleep(timed.atMs - this.#clock.nowMs());
      await this.#strike(timed);
      this.#timedLeft -= 1;
    };
    strike().catch((error: unknown) => {
      this.#broken ??= { error };
    });
  }

  async #strike(timed: TimedFault): Promise<void> {
    if (timed.kind === 'trim') this.#source.trim(timed.shardId, timed.count);
    else if (timed.kind === 'disable') await this.#mapping?.pause();
    else if (timed.kind === 'enable') {
      this.#source.rewind();
      this.#mapping?.resume();
    } else {
      await this.#stop();
      this.#source.rewind();
      await this.#start();
    }
  }

  /** Asked only between two steps of the clock, when nothing is on its way. */
  #settled(): boolean {
    const status = this.#mapping?.status();
    if (!status || this.#timedLeft > 0) return false;
    if (status.state === 'Disabled') return true;
    const stored = this.#positions?.shards ?? {};
    if (status.shards.some((shard) => isUnsettled(shard, stored[shard.shardId]))) return false;
    const phases = new Map(status.shards.map(({ shardId, phase }) => [shardId, phase]));
    return this.#setting.shards.every(({ shardId }) => {
      const position = stored[shardId];
      if (this.#source.closes(shardId)) return phases.get(shardId) === 'finished';
      return this.#source.exhausted(shardId) && !(position?.kind === 'after' && position.window);
    });
  }
}

/** Records are under way, or what became of them is not stored. */
function isUnsettled({ inFlight, buffered, checkpoint }: ShardStatus, stored: ShardPosition | undefined): boolean {
  if (inFlight + buffered > 0) return true;
  return (
    checkpoint !== undefined &&
    stored?.kind !== 'finished' &&
    !(stored?.kind === 'after' && stored.sequenceNumber === checkpoint)
  );
}

function addTo(sum: { -readonly [Name in keyof MappingMetrics]: number }, more: MappingMetrics): void {
  for (const [name, value] of Object.entries(more)) {
    if (isMetric(sum, name)) sum[name] += value;
  }
}

function isMetric(sum: MappingMetrics, name: string): name is keyof MappingMetrics {
  return name in sum;
}
