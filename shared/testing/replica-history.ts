import type fc from 'fast-check';
import type { AttributeMap } from '../change/attribute-value.ts';
import { keyText } from '../change/key-text.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import { redriveActiveActive, redriveOneWay } from '../sinks/replica/redrive.ts';
import type { PlannedWrite, ReplicaFault } from './replica-plan.ts';
import { changeOf, type ReplicaLink, type ReplicaWorld, replicaWorld, thingsTable } from './replica-world.ts';

export interface Disturbances {
  readonly faults: fc.Stream<ReplicaFault>;
  readonly decisions: fc.Stream<number>;
  readonly scheduler: fc.Scheduler;
}

/** Rounds of undisturbed delivery after which nothing may be left to say: a few hops, whatever happened. */
const roundsMax = 12;

type Mode = 'active-active' | 'one-way';

/** Regions that are written and replicated at once, disturbed at every call of DynamoDB. */
export class ReplicaHistory {
  readonly world: ReplicaWorld;
  readonly #links: readonly (ReplicaLink & { checkpoint: number })[];
  readonly #disturbances: Disturbances;
  readonly #late: (() => Promise<unknown>)[] = [];
  readonly #givenUp: { readonly link: ReplicaLink; readonly records: readonly StreamRecord[] }[] = [];
  /** Records that come out of their order, as Kinesis delivers them and as a failed batch is replayed. */
  readonly #postponed: { readonly link: ReplicaLink; readonly record: StreamRecord }[] = [];
  readonly #images: AttributeMap[] = [];
  readonly #mode: Mode;
  #isWriting = true;

  /** One way: from the first region to the others, and only the first may be written. */
  constructor(names: readonly string[], disturbances: Disturbances, mode: Mode = 'active-active') {
    this.world = replicaWorld(names);
    this.#disturbances = disturbances;
    this.#mode = mode;
    const sources = mode === 'one-way' ? names.slice(0, 1) : names;
    this.#links = sources.flatMap((from) =>
      names.filter((to) => to !== from).map((to) => ({ from, to, checkpoint: 0 })),
    );
    for (const [index, region] of this.world.regions.entries()) region.skewMicroseconds = BigInt(index * 2500);
  }

  async run(plan: readonly PlannedWrite[]): Promise<void> {
    const { scheduler } = this.#disturbances;
    const mappings = this.#links.map((link) => this.#mapping(link));
    await scheduler.waitFor(Promise.all([this.#writers(plan), ...mappings]));
  }

  /** What is under way lands, what was given up is redriven, the rest delivered. Resolves with the rounds it took. */
  async drain(): Promise<number> {
    for (const write of this.#late) await write().catch(() => undefined);
    const mode = this.#mode;
    for (const { link, record } of this.#postponed) await this.world.deliver(link, [record], { mode });
    for (const { link, records } of this.#givenUp) await this.#redrive(link, records);
    for (let round = 0; round < roundsMax; round += 1) {
      if (!(await this.#deliverRest())) return round;
    }
    throw new Error(`after ${roundsMax} rounds of delivery there is still something to replicate`);
  }

  /** Every mapping starts over. */
  async redeliverAll(): Promise<void> {
    for (const link of this.#links) link.checkpoint = 0;
    await this.#deliverRest();
  }

  itemsOf(index: number): Record<string, AttributeMap> {
    const region = this.world.regions[index];
    const items = region?.twin.items(thingsTable.name) ?? [];
    const sorted = items.sort((a, b) => ((a.id?.S ?? '') < (b.id?.S ?? '') ? -1 : 1));
    return Object.fromEntries(sorted.map(({ id, ...rest }) => [id?.S ?? '', rest as AttributeMap]));
  }

  async #writers(plan: readonly PlannedWrite[]): Promise<void> {
    for (const write of plan) {
      await this.#disturbances.scheduler.schedule(Promise.resolve(), write.kind);
      this.world.now.microseconds += BigInt(write.afterMicroseconds);
      await this.#perform(write);
    }
    this.#isWriting = false;
  }

  async #perform({ kind, region: index, id }: PlannedWrite): Promise<void> {
    const { world } = this;
    const region = world.regions[index];
    if (region === undefined) return;
    const value = { value: { S: `${kind} ${world.writes.length} ${region.stream.length}` } };
    const expired = { N: String(world.now.microseconds / 1_000_000n - 1n) };
    switch (kind) {
      case 'put':
        await world.put(region.name, id, this.#decide() > 8 ? { ...value, expiresAt: expired } : value);
        break;
      case 'remove':
        if ((await world.item(region.name, id)) !== undefined) await world.remove(region.name, id);
        return;
      case 'plain':
        return world.plain(region.name, { id: { S: id }, ...value });
      case 'old':
        return this.#putOld(region.name, id);
      case 'keep':
        // Of an item that is not there an update would make one, which is a plain put by another name.
        return world.keep(region.name, id, value.value.S);
      case 'hard':
        return world.hard(region.name, id);
      case 'expire':
        region.twin.expireItems();
    }
    const image = await world.item(region.name, id);
    if (image !== undefined) this.#images.push(image);
  }

  async #putOld(region: string, id: string): Promise<void> {
    const earlier = this.#images.filter((image) => image.id && 'S' in image.id && image.id.S === id);
    const here = earlier.filter((image) => this.#wasIn(region, image));
    const image = here[this.#decide() % Math.max(here.length, 1)];
    if (image !== undefined) await this.world.plain(region, image);
  }

  /** An image is put again where it was read: one that never was here is a write that no table has taken. */
  #wasIn(region: string, image: AttributeMap): boolean {
    const text = JSON.stringify(image._v);
    return this.world.region(region).stream.some(({ dynamodb }) => JSON.stringify(dynamodb.NewImage?._v) === text);
  }

  async #mapping(link: ReplicaLink & { checkpoint: number }): Promise<void> {
    const { scheduler } = this.#disturbances;
    const { stream } = this.world.region(link.from);
    let startsOver = this.#decide() % 3;
    for (let turn = 0; turn < 25 && (this.#isWriting || link.checkpoint < stream.length); turn += 1) {
      await scheduler.schedule(Promise.resolve(), `poll ${link.from} for ${link.to}`);
      const batch = stream.slice(link.checkpoint, link.checkpoint + 1 + this.#decide());
      const [first] = batch;
      if (first !== undefined && this.#decide() === 1) {
        this.#postponed.push({ link, record: first });
        link.checkpoint += 1;
      } else if (batch.length > 0) link.checkpoint += await this.#resolvedOf(batch, link);
      if (startsOver > 0 && this.#decide() === 0) {
        startsOver -= 1;
        link.checkpoint = 0;
      }
    }
  }

  async #resolvedOf(batch: readonly StreamRecord[], link: ReplicaLink): Promise<number> {
    const invocation = { isKilled: false };
    const { response } = await this.world.deliver(link, batch, {
      mode: this.#mode,
      intercept: async (call, proceed) => {
        await this.#disturbances.scheduler.schedule(Promise.resolve(), call.operation);
        const fault = invocation.isKilled ? 'killedBefore' : (this.#disturbances.faults.next().value ?? 'none');
        invocation.isKilled = fault.startsWith('killed');
        return this.#disturbed(fault, proceed);
      },
    });
    const [first] = response.batchItemFailures;
    const unresolved = invocation.isKilled ? batch[0]?.dynamodb.SequenceNumber : first?.itemIdentifier;
    if (unresolved === undefined) return batch.length;
    if (this.#decide() < 2) {
      this.#givenUp.push({ link, records: batch });
      return batch.length;
    }
    return batch.findIndex(({ dynamodb }) => dynamodb.SequenceNumber === unresolved);
  }

  async #disturbed<Output>(fault: ReplicaFault, proceed: () => Promise<Output>): Promise<Output> {
    if (fault === 'killedUnderWay') this.#land(proceed);
    if (fault === 'killedBefore' || fault === 'killedUnderWay') throw new Error('killed');
    const answer = await proceed();
    if (fault !== 'none') throw new Error('socket hang up');
    return answer;
  }

  #land(write: () => Promise<unknown>): void {
    if (this.#decide() < 6) this.#late.push(write);
    else
      void this.#disturbances.scheduler
        .schedule(Promise.resolve(), 'late')
        .then(write)
        .catch(() => undefined);
  }

  async #redrive(link: ReplicaLink, records: readonly StreamRecord[]): Promise<void> {
    const byItem = Map.groupBy(records.map(changeOf), ({ keys }) => keyText(keys));
    for (const [first, ...rest] of byItem.values()) {
      if (first === undefined) continue;
      const redrive = this.#mode === 'one-way' ? redriveOneWay : redriveActiveActive;
      await redrive([first, ...rest], this.world.dependencies(link));
    }
  }

  async #deliverRest(): Promise<boolean> {
    let isAnythingLeft = false;
    for (const link of this.#links) {
      const { stream } = this.world.region(link.from);
      const batch = stream.slice(link.checkpoint);
      if (batch.length === 0) continue;
      isAnythingLeft = true;
      link.checkpoint += batch.length;
      const { response } = await this.world.deliver(link, batch, { mode: this.#mode });
      if (response.batchItemFailures.length > 0) throw new Error('an undisturbed delivery left something unresolved');
    }
    return isAnythingLeft;
  }

  #decide(): number {
    return this.#disturbances.decisions.next().value ?? 0;
  }
}
