import type { FaultName } from '../faults/fault-names.ts';
import type { Outage } from '../faults/outages.ts';
import { named } from '../faults/service-errors.ts';
import type { Consumer } from './consumer-mapping.ts';
import type { Operator } from './operator.ts';
import type { Region, World } from './world.ts';

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

function ids(choice: number): readonly string[] {
  return Array.from({ length: 60 }, (_, index) => index)
    .filter((index) => index % 4 === choice % 4)
    .map((index) => `user-${String(index).padStart(4, '0')}`);
}

/** Brings about what befalls streams, mappings, sinks and deployments. */
export class Troubles {
  readonly #world: World;
  readonly #operators: readonly Operator[];
  #pending: Promise<void>[] = [];

  constructor(world: World, operators: readonly Operator[]) {
    this.#world = world;
    this.#operators = operators;
  }

  async begin(trouble: Trouble): Promise<void> {
    const { regions } = this.#world;
    const region = regions[trouble.choice % regions.length];
    const candidates = candidatesFor(trouble.fault, region?.consumers ?? []);
    const consumer = candidates[Math.floor(trouble.choice / 7) % candidates.length];
    if (region === undefined || consumer === undefined) return;
    if (!this.#world.faults.fires(trouble.fault, consumer.name, region.services.name)) return;
    await this.#bring(trouble, { region, consumer });
  }

  async endAll(): Promise<void> {
    this.#world.outages.endAll();
    await Promise.all(this.#pending);
  }

  async #bring(trouble: Trouble, target: { readonly region: Region; readonly consumer: Consumer }): Promise<void> {
    const { fault, choice } = trouble;
    const { region, consumer } = target;
    const { faults } = this.#world;
    const streams = [region.feed.stream, region.feed.kinesis];
    const stream = streams[choice % 2];
    switch (fault) {
      case 'split':
      case 'rollover':
        stream?.replaceShardOf(`${choice}`, fault === 'split' ? 2 : 1);
        return faults.changes(fault, consumer.name);
      case 'iterator-expired':
        stream?.source.expireIterators();
        return faults.changes(fault, consumer.name);
      case 'read-throttled':
        stream?.source.failNextReads(named('ProvisionedThroughputExceededException'), named('InternalServerError'));
        return faults.changes(fault, consumer.name);
      case 'mapping-recreated':
        await consumer.recreate();
        return faults.changes(fault, consumer.name);
      case 'deployment':
        consumer.host.deploy();
        this.#world.outages.deployed(consumer.name);
        return faults.changes(fault, consumer.name);
      case 'redrive-in-traffic':
        for (const operator of this.#operators) this.#pending.push(operator.redriveAll());
        return faults.changes(fault, consumer.name);
      case 'redrive-processed':
        this.#redriveProcessed(target);
        return faults.changes(fault, consumer.name);
      default:
        return this.#last(trouble, target);
    }
  }

  #redriveProcessed({ region, consumer }: { readonly region: Region; readonly consumer: Consumer }): void {
    const batch = consumer.lastBatch;
    const operator = this.#operators[this.#world.regions.indexOf(region)];
    if (batch === undefined || operator === undefined) return;
    this.#pending.push(operator.redriveProcessed({ consumer: consumer.name, ...batch }));
  }

  async #last(trouble: Trouble, target: { readonly region: Region; readonly consumer: Consumer }): Promise<void> {
    const { clock, outages, pace } = this.#world;
    const outage = outageOf(trouble, target);
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
  switch (fault) {
    case 'poison':
      return [...named('aggregates'), ...named('aggregates', 'replicator', 'search-index', 'welcome-email')];
    case 'age-exhausted':
    case 'answers-lost':
      return [...named('aggregates', 'replicator'), ...consumers];
    case 'redrive-processed':
      return consumers.filter(({ name }) => name !== 'usage-analytics');
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
