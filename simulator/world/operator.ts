import { effects as aggregateEffectsOfUsers } from '../../functions/aggregates/effects.ts';
import { table } from '../../functions/table.ts';
import type { Change } from '../../shared/change/change.ts';
import { parseStreamRecord } from '../../shared/change/from-stream.ts';
import { keyText } from '../../shared/change/key-text.ts';
import { effectsWithoutTombstones } from '../../shared/change/tombstone.ts';
import { getDeadLetter, listDeadLetterKeys, markDeadLetter } from '../../shared/runtime/dead-letters.ts';
import type { Connections, InvocationContext, Services } from '../../shared/runtime/services.ts';
import { redriveRecord } from '../../shared/sinks/aggregates/redrive.ts';
import { redriveBatch } from '../../shared/sinks/aggregates/redrive-batch.ts';
import { redriveActiveActive, redriveOneWay } from '../../shared/sinks/replica/redrive.ts';
import { conflictsTable } from '../../shared/sinks/replica/resources.ts';
import { Environment } from '../functions/environment.ts';
import type { CreateHandler } from '../functions/function-host.ts';
import { simulatedServices } from '../functions/simulated-services.ts';
import type { Random } from '../random.ts';
import { isRedriven } from './redriven.ts';
import type { Region, World } from './world.ts';

/** What is redriven in one go: records of one shard, for one consumer. */
interface Redrive {
  readonly consumer: string;
  readonly shardId: string;
  readonly records: readonly unknown[];
  readonly isDeadLetter?: boolean;
}

/** A redrive gets as long as an operator waits. */
const timeoutMs = 300_000;

/** Sends dead letters and failure objects of a region through the product's own redrives, crashes and all. */
export class Operator {
  readonly #world: World;
  readonly #region: Region;
  readonly #other: Region;
  readonly #handlers: ReadonlyMap<string, CreateHandler>;
  readonly #random: Random;

  constructor(options: {
    readonly world: World;
    readonly region: Region;
    readonly other: Region;
    readonly handlers: ReadonlyMap<string, CreateHandler>;
    readonly random: Random;
  }) {
    this.#world = options.world;
    this.#region = options.region;
    this.#other = options.other;
    this.#handlers = options.handlers;
    this.#random = options.random;
  }

  /**
   * Tries everything that is pending once, of all consumers or of one; what fails, or fails again, stays pending.
   * Answers whose records it tried, and how many dead letters and failure objects are settled now.
   */
  async redriveAll(only?: string): Promise<{ readonly tried: ReadonlySet<string>; readonly settled: number }> {
    const tried = new Set<string>();
    let settled = 0;
    for (const object of this.#region.failures.pending) {
      if (only !== undefined && object.consumer !== only) continue;
      if (!isRedriven(object.consumer)) object.isPending = false;
      else {
        tried.add(object.consumer);
        if (await this.#isSettled(object)) object.isPending = false;
      }
      if (!object.isPending) settled += 1;
    }
    const { deadLetters } = this.#region.services;
    for (const { name: consumer } of this.#region.consumers) {
      if (!isRedriven(consumer) || (only !== undefined && consumer !== only)) continue;
      for (const key of await listDeadLetterKeys(deadLetters, consumer)) {
        const letter = await getDeadLetter(deadLetters, key);
        if (letter?.state !== 'pending') continue;
        const { shardId = '' } = letter.position;
        tried.add(consumer);
        const redrive = { consumer, shardId, records: [letter.record], isDeadLetter: true };
        if ((await this.#redrive(redrive)) !== 'done') continue;
        await markDeadLetter(deadLetters, key, 'redriven');
        settled += 1;
      }
    }
    return { tried, settled };
  }

  /** By mistake, or where an answer was lost: a batch that may have been processed is redriven. */
  async redriveProcessed(batch: Redrive): Promise<void> {
    if (!(await this.#isSettled(batch))) this.#region.failures.all.push({ ...batch, isPending: true });
  }

  async #isSettled(redrive: Redrive): Promise<boolean> {
    return (await this.#redrive(redrive)) !== 'open';
  }

  /** `done`: every record had its effect; `buried`: or is a dead letter, again; `open`: something comes again. */
  async #redrive(redrive: Redrive): Promise<'done' | 'buried' | 'open'> {
    const { consumer } = redrive;
    const place = {
      world: this.#world,
      region: this.#region.services.name,
      consumer,
      random: this.#random,
      isOperator: true,
    };
    const environment = new Environment(place, timeoutMs);
    let buried = 0;
    const services = simulatedServices({
      place,
      environment,
      // A snapshot may be a version from the other region.
      here: { ...this.#region.services, sent: [] },
      there: this.#other.services,
      onMetric: (name, value) => {
        if (name === 'RecordsDeadLettered') buried += value;
      },
      codeVersion: 'redrive',
    });
    const work = (_event: unknown, context: InvocationContext) => this.#carryOut(redrive, services, context);
    const outcome = await environment.run(work, redrive, 'redrive');
    if (outcome.kind !== 'returned' || outcome.payload !== true) return 'open';
    return buried > 0 ? 'buried' : 'done';
  }

  async #carryOut(
    redrive: Redrive,
    services: Services<keyof Connections>,
    context: InvocationContext,
  ): Promise<boolean> {
    switch (redrive.consumer) {
      case 'aggregates':
        return this.#intoAggregates(redrive, services, context);
      case 'replicator':
        return this.#intoReplica(redrive, services);
      default:
        return this.#intoHandler(redrive, services, context);
    }
  }

  async #intoAggregates(
    { records, shardId, consumer, isDeadLetter }: Redrive,
    services: Services<keyof Connections>,
    context: InvocationContext,
  ): Promise<boolean> {
    const { region } = services.config;
    const parse = (record: unknown) => parseStreamRecord(record, { region, shardId });
    const effects = effectsWithoutTombstones(aggregateEffectsOfUsers, table);
    const tables = { counters: 'aggregates', checkpoints: 'aggregates-checkpoints' };
    const dependencies = { ...services, tables };
    if (isDeadLetter === true) {
      const change = parse(records[0]);
      const { streamArn, sequenceNumber } = change.position;
      const createdAtMs = Number(change.createdAt.microseconds / 1000n);
      const record = { shard: { streamArn, shardId }, sequenceNumber, createdAtMs, deltas: effects(change) ?? [] };
      return (await redriveRecord(record, dependencies)) !== 'waits';
    }
    const { deadLetters } = services;
    const limits = { remainingMs: () => context.getRemainingTimeInMillis() };
    const redriven = await redriveBatch(
      { consumer, records, shardId, parse, effects, deadLetters, limits },
      dependencies,
    );
    return redriven.every(({ outcome }) => outcome !== 'unresolved' && outcome !== 'waits');
  }

  async #intoReplica({ records, shardId }: Redrive, services: Services<keyof Connections>): Promise<boolean> {
    const { profile } = this.#world;
    const { dynamodb, remoteDynamodb, clock, config } = services;
    if (profile.mode === 'one-way' && this.#region !== this.#world.regions[0]) return true;
    const replica = {
      table,
      home: { dynamodb, tableName: table.name, region: config.region },
      remote: { dynamodb: remoteDynamodb, tableName: table.name, region: this.#other.services.name },
      conflicts: { dynamodb, tableName: conflictsTable.name },
      clock,
      observe: () => undefined,
    };
    const changes = records.map((record) => parseStreamRecord(record, { region: config.region, shardId }));
    for (const [first, ...rest] of Map.groupBy(changes, ({ keys }: Change) => keyText(keys)).values()) {
      if (first === undefined) continue;
      if (profile.mode === 'one-way') await redriveOneWay([first, ...rest], replica);
      else await redriveActiveActive([first, ...rest], replica);
    }
    return true;
  }

  async #intoHandler(
    { consumer, records }: Redrive,
    services: Services<keyof Connections>,
    context: InvocationContext,
  ): Promise<boolean> {
    const handler = this.#handlers.get(consumer)?.(services);
    const answer = await handler?.({ Records: records }, context);
    const failures: unknown =
      typeof answer === 'object' && answer !== null ? Reflect.get(answer, 'batchItemFailures') : 1;
    return Array.isArray(failures) && failures.length === 0;
  }
}
