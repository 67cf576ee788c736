import type { FaultName } from '../faults/fault-names.ts';
import type { Outage } from '../faults/outages.ts';
import { named } from '../faults/service-errors.ts';
import type { Consumer } from './consumer-mapping.ts';
import type { Operator } from './operator.ts';
import { isRedriven } from './redriven.ts';
import { type Region, settlerName, type World } from './world.ts';

interface Trouble {
  readonly fault: FaultName;
  readonly choice: number;
  readonly lastsMs: number;
}

/** What is refused while a consumer is poisoned: counters of a group, items of some ids. */
const poisoned: Readonly<Record<string, (choice: number) => readonly string[]>> = {
  aggregates: (choice) => [['DE', 'FR', 'GB', 'team'][choice % 4] ?? 'DE'],
  'search-index': ids,
  replicator: ids,
  'welcome-email': ids,
};

function throttled(): readonly Error[] {
  return [named('ProvisionedThroughputExceededException'), named('InternalServerError')];
}

function ids(choice: number): readonly string[] {
  return Array.from({ length: 60 }, (_, index) => index)
    .filter((index) => index % 4 === choice % 4)
    .map((index) => `user-${String(index).padStart(4, '0')}`);
}

/** Brings about what befalls streams, mappings, sinks and deployments. */
export class Troubles {
  readonly #world: World;
  readonly #operators: readonly Operator[];
  #pending: Promise<unknown>[] = [];

  constructor(world: World, operators: readonly Operator[]) {
    this.#world = world;
    this.#operators = operators;
    for (const [index, region] of world.regions.entries()) this.#putOnCall(region, operators[index]);
  }

  #putOnCall({ services, consumers }: Region, operator: Operator | undefined): void {
    const { onCall, outages } = this.#world;
    onCall.answerIn(services.name, {
      deploy: (name) => {
        consumers.find((consumer) => consumer.name === name)?.host.deploy();
        outages.deployed(name);
      },
      redrive: async (name) => ((await operator?.redriveAll(name))?.tried.size ?? 0) > 0,
    });
  }

  async begin(trouble: Trouble): Promise<void> {
    const { regions } = this.#world;
    const region = regions[trouble.choice % regions.length];
    if (region === undefined) return;
    if (this.#isForSettler(trouble, region)) return this.#troubleSettler(trouble, region);
    const candidates = candidatesFor(trouble.fault, region.consumers);
    const consumer = candidates[Math.floor(trouble.choice / 7) % candidates.length];
    if (consumer === undefined) return;
    if (!this.#world.faults.fires(trouble.fault, undefined, `${region.services.name} ${consumer.name}`)) return;
    await this.#bring(trouble, { region, consumer });
  }

  /** It has no stream and no mapping, but is deployed and needs its table and the mail service like the others. */
  #isForSettler({ fault, choice }: Trouble, region: Region): boolean {
    if (fault !== 'deployment' && fault !== 'sink-down') return false;
    return region === this.#world.regions[0] && Math.floor(choice / 7) % (region.consumers.length + 1) === 0;
  }

  async #troubleSettler(trouble: Trouble, { services: { name: region } }: Region): Promise<void> {
    const { faults, settler } = this.#world;
    if (!faults.fires(trouble.fault, undefined, `${region} ${settlerName}`)) return;
    if (trouble.fault === 'sink-down') return this.#last({ kind: 'sink-down', region, consumer: settlerName }, trouble);
    settler.deploy();
    faults.diverts('deployment', settlerName);
  }

  async endAll(): Promise<void> {
    this.#world.outages.endAll();
    await Promise.all(this.#pending);
  }

  async #bring(trouble: Trouble, target: { readonly region: Region; readonly consumer: Consumer }): Promise<void> {
    const { fault, choice } = trouble;
    const { region, consumer } = target;
    const divert = (consumers: readonly Consumer[]) => {
      for (const { name } of consumers) this.#world.faults.diverts(fault, name);
    };
    const { stream } = consumer;
    const readers = region.consumers.filter((each) => each.stream === stream);
    switch (fault) {
      case 'split':
      case 'rollover':
        stream.replaceShardOf(`${choice}`, fault === 'split' ? 2 : 1);
        return divert(readers);
      case 'iterator-expired':
        stream.source.expireIterators();
        return divert(readers);
      case 'read-throttled':
        // Readers tell when it befalls them.
        return stream.source.failNextReads(...readers.flatMap(throttled));
      case 'mapping-recreated':
        await consumer.recreate();
        return divert([consumer]);
      case 'deployment':
        consumer.host.deploy();
        this.#world.outages.deployed(consumer.name);
        return divert([consumer]);
      case 'redrive-in-traffic':
        return this.#redriveAll();
      case 'redrive-processed':
        return divert(this.#redriveProcessed(target));
      default:
        return this.#last(outageOf(trouble, target), trouble);
    }
  }

  #redriveAll(): void {
    const { regions, faults } = this.#world;
    for (const [index, operator] of this.#operators.entries()) {
      const consumers = regions[index]?.consumers.filter(({ name }) => isRedriven(name)) ?? [];
      const redrive = operator.redriveAll().then(({ tried }) => {
        for (const { name } of consumers) faults.reaches('redrive-in-traffic', name);
        for (const name of tried) faults.changes('redrive-in-traffic', name);
      });
      this.#pending.push(redrive);
    }
  }

  /** Whose batch was sent again: what it had done before must not be done twice. */
  #redriveProcessed({ region, consumer }: { readonly region: Region; readonly consumer: Consumer }): Consumer[] {
    const batch = consumer.lastBatch;
    const operator = this.#operators[this.#world.regions.indexOf(region)];
    if (batch === undefined || operator === undefined) return [];
    this.#pending.push(operator.redriveProcessed({ consumer: consumer.name, ...batch }));
    return [consumer];
  }

  async #last(outage: Outage | undefined, trouble: Trouble): Promise<void> {
    const { clock, outages, pace } = this.#world;
    if (outage === undefined) return;
    outages.begin(outage);
    if (trouble.lastsMs < 600_000) {
      void clock.sleep(trouble.lastsMs).then(() => outages.end(outage));
      return;
    }
    // Hours in which nobody writes: what came before has to outlast them.
    pace.slow(Math.max(60_000, trouble.lastsMs / 60));
    await clock.sleep(trouble.lastsMs * 0.96);
    // Whoever waits between attempts is back before the end.
    pace.slow(60_000);
    await clock.sleep(trouble.lastsMs * 0.04);
    pace.usual();
    outages.end(outage);
  }
}

/** Poison needs a consumer that looks at what it gets; counting needs more of it than what overwrites. */
function candidatesFor(fault: FaultName, consumers: readonly Consumer[]): readonly Consumer[] {
  const named = (...names: string[]) => consumers.filter(({ name }) => names.includes(name));
  // It has no dead letters: only what its mapping gave up is ever redriven.
  const archives = Array.from({ length: 4 }, () => named('archive')).flat();
  switch (fault) {
    case 'poison':
      return [...named('aggregates'), ...named('aggregates', 'replicator', 'search-index', 'welcome-email')];
    case 'age-exhausted':
    case 'answers-lost':
      return [...named('aggregates', 'replicator', 'welcome-email'), ...archives, ...consumers];
    case 'mapping-recreated':
      return [...named('welcome-email'), ...consumers];
    case 'redrive-processed':
      return consumers.filter(({ name }) => isRedriven(name));
    default:
      return consumers;
  }
}

function outageOf(
  { fault, choice }: Trouble,
  target: { readonly region: Region; readonly consumer: Consumer },
): Outage | undefined {
  const region = target.region.services.name;
  const consumer = target.consumer.name;
  switch (fault) {
    case 'sink-down':
    case 'age-exhausted':
    case 'answers-lost':
      return { kind: fault, region, consumer };
    case 'partition':
      return { kind: fault };
    case 'dead-letters-down':
      return { kind: fault, region };
    case 'poison': {
      const texts = poisoned[consumer]?.(choice);
      return texts && { kind: fault, consumer, texts: new Set(texts) };
    }
    default:
      return undefined;
  }
}
