import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import { type BuildWorld, buildWorld, type WorldShard } from '../../testing/build-world.ts';

/** Before and after the place of the scan, in two shards; a country of a wrong type is an invalid image. */
const writes = fc.array(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    country: fc.oneof({ weight: 4, arbitrary: fc.constantFrom('DE', 'FR') }, { weight: 1, arbitrary: fc.constant(7) }),
    balance: fc.integer({ min: -5, max: 5 }),
    isRemoval: fc.nat({ max: 2 }).map((number) => number === 0),
  }),
  { minLength: 2, maxLength: 24 },
);

/** What befalls one call. The killed ones end their process; what one had sent lands at some time, or never does. */
type Fault = 'none' | 'killedBefore' | 'killedAfter' | 'killedUnderWay' | 'replyLost';
const faults = fc.infiniteStream<Fault>(
  fc.oneof(
    { weight: 25, arbitrary: fc.constant('none') },
    fc.constantFrom('killedBefore', 'killedAfter', 'killedUnderWay', 'replyLost'),
  ),
);
/** Numbers, so that shrinking leads to small ones. */
const decisions = fc.infiniteStream(fc.nat({ max: 11 }));

it('a build equals a recount, through writes around its scan, crashes, late writes and redeliveries', async () => {
  const outcomes: Record<string, number> = {};
  await fc.assert(
    fc.asyncProperty(writes, fc.nat({ max: 12 }), faults, decisions, fc.scheduler(), async (plan, first, ...rest) => {
      const [faultStream, decisionStream, scheduler] = rest;
      const run = new BuildUnderTest({ faults: faultStream, decisions: decisionStream, scheduler });
      await run.write(plan.slice(0, first));
      await scheduler.waitFor(Promise.all([run.application(plan.slice(first)), ...run.mappings(), run.operator()]));
      await run.drain();
      expect(await run.world.totals()).toEqual(run.world.recount());
      expect(run.world.itemRows()).toBe(0);
      outcomes[run.outcome] = (outcomes[run.outcome] ?? 0) + 1;
    }),
    { numRuns: 400 },
  );
  // Otherwise the property would say nothing about builds.
  expect(outcomes.switched).toBeGreaterThan(200);
});

interface Disturbances {
  readonly faults: fc.Stream<Fault>;
  readonly decisions: fc.Stream<number>;
  readonly scheduler: fc.Scheduler;
}

type Plan = readonly { id: string; country: string | number; balance: number; isRemoval: boolean }[];

class Killed extends Error {
  override readonly name = 'Killed';
}

class BuildUnderTest {
  readonly world: BuildWorld = buildWorld();
  outcome = 'none';
  readonly #disturbances: Disturbances;
  readonly #late: (() => Promise<unknown>)[] = [];
  #isWriting = true;
  #isBuilding = true;

  constructor(disturbances: Disturbances) {
    this.#disturbances = disturbances;
  }

  async write(plan: Plan): Promise<void> {
    for (const { id, country, balance, isRemoval } of plan) {
      if (isRemoval) await this.world.remove(id);
      else await this.world.put(id, country, balance);
    }
  }

  async application(plan: Plan): Promise<void> {
    for (const one of plan) {
      await this.#turn('write');
      await this.write([one]);
    }
    this.#isWriting = false;
  }

  mappings(): readonly Promise<void>[] {
    return this.world.shards.map((shard) => this.#mapping(shard));
  }

  /** Delivers until the build has ended; batches come again, in other sizes. */
  async #mapping(shard: WorldShard): Promise<void> {
    while (this.#isWriting || this.#isBuilding || shard.checkpoint < shard.records.length) {
      await this.#turn('poll');
      const batch = shard.records.slice(shard.checkpoint, shard.checkpoint + 1 + this.#decide());
      if (batch.length === 0) continue;
      const circumstances = { shardId: shard.shardId, cutLength: 1 + (this.#decide() % 4), intercept: this.#process() };
      const answer = await this.world.invoke(batch, circumstances).catch(() => undefined);
      if (answer?.response.batchItemFailures.length === 0) shard.checkpoint += batch.length;
      if (this.#decide() === 0) shard.checkpoint = Math.max(0, shard.checkpoint - this.#decide());
    }
  }

  /** Builds, and once more when its process was killed. */
  async operator(): Promise<void> {
    for (let start = 0; start < 8 && this.#isBuilding; start += 1) {
      const built = await this.#build(this.#process()).catch(() => undefined);
      if (built?.outcome !== undefined) this.outcome = built.outcome;
      if (built?.outcome === 'switched') break;
    }
    this.#isBuilding = false;
  }

  /** The world calms down: late writes land, the mappings and the build come to their ends. */
  async drain(): Promise<void> {
    for (const write of this.#late) await write().catch(() => undefined);
    await this.world.deliverAll();
    if (this.outcome !== 'switched') this.outcome = (await this.world.build()).outcome;
  }

  #build(intercept: Intercept) {
    const onPause = () => this.#turn('pause');
    const decide = async () => (this.#decide() === 0 ? ('abandon' as const) : ('switch' as const));
    return this.world.build({ intercept, onPause, decide, page: 1 + (this.#decide() % 3) });
  }

  /** From its first killed call on, nothing that the process does is done. */
  #process(): Intercept {
    let isKilled = false;
    return async (call, proceed) => {
      await this.#turn(call.operation);
      if (isKilled) throw new Killed();
      const fault = this.#disturbances.faults.next().value ?? 'none';
      isKilled = fault.startsWith('killed');
      if (fault === 'killedUnderWay') this.#land(proceed);
      if (fault === 'killedBefore' || fault === 'killedUnderWay') throw fatal();
      const answer = await proceed();
      if (isKilled) throw fatal();
      if (fault === 'replyLost') throw new Error('socket hang up');
      return answer;
    };
  }

  #land(write: () => Promise<unknown>): void {
    if (this.#decide() < 6) this.#late.push(write);
    else
      void this.#turn('late')
        .then(write)
        .catch(() => undefined);
  }

  #turn(label: string): Promise<void> {
    return this.#disturbances.scheduler.schedule(Promise.resolve(), label);
  }

  #decide(): number {
    return this.#disturbances.decisions.next().value ?? 0;
  }
}

/** Ends the process at once: nothing repeats a call that is refused so. */
function fatal(): Error {
  return Object.assign(new Error('killed'), { name: 'AccessDeniedException' });
}
