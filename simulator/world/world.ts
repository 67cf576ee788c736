import { type VirtualClock, virtualClock } from '@tributary/event-source-mapping';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import type { StreamConsumerDefinition } from '../../shared/runtime/consumer-definition.ts';
import type { Finding } from '../checkers/observed.ts';
import { FaultBook, type Mask } from '../faults/fault-book.ts';
import { Outages } from '../faults/outages.ts';
import type { Profile } from '../faults/profile.ts';
import { type CreateHandler, FunctionHost } from '../functions/function-host.ts';
import type { Random } from '../random.ts';
import { ChangeFeed } from './change-feed.ts';
import { Consumer } from './consumer-mapping.ts';
import type { Digest } from './digest.ts';
import { EmailEvents } from './email-events.ts';
import { FailureObjects } from './failure-objects.ts';
import type { Surroundings } from './place.ts';
import { createRegionServices, type RegionServices } from './region.ts';
import { recordVersions } from './versions.ts';

export const regionNames = ['eu-central-1', 'eu-west-1'] as const;
export const emailRegion = regionNames[0];
const settlerName = 'email-settler';
const startMs = Date.UTC(2026, 0, 1, 12);

export interface Region {
  readonly services: RegionServices;
  readonly feed: ChangeFeed;
  readonly consumers: readonly Consumer[];
  readonly failures: FailureObjects;
  readonly versions: ReadonlyMap<string, readonly bigint[]>;
}

export interface World extends Surroundings {
  readonly clock: VirtualClock;
  readonly regions: readonly Region[];
  readonly emailEvents: EmailEvents;
  readonly settler: FunctionHost;
  /** How often streams are asked for more; slow in quiet times, to pass them fast. */
  readonly polling: { idleMs: number; behindMs: number };
  /** Writes of the dead and records on their way. */
  pendingLater: number;
  /** What went wrong besides what the checkers see. */
  readonly alarms: Finding[];
}

export interface WorldOptions {
  readonly profile: Profile;
  readonly random: Random;
  readonly digest: Digest;
  readonly mask?: Mask;
  readonly handlers: ReadonlyMap<string, CreateHandler>;
}

/** Two regions with everything that the pipeline is made of, deployed and reading. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { profile, random, digest, mask, handlers } = options;
  const clock = virtualClock({ startMs });
  const surroundings = {
    clock,
    digest,
    profile,
    faults: new FaultBook(digest, mask),
    outages: new Outages(),
    calm: false,
    pendingLater: 0,
    alarms: [],
    polling: { idleMs: 1_000, behindMs: 0 },
    later(delayMs: number, work: () => Promise<void>): void {
      surroundings.pendingLater += 1;
      void clock.sleep(delayMs).then(async () => {
        await work();
        surroundings.pendingLater -= 1;
      });
    },
  };
  const emailEvents = new EmailEvents(surroundings, random.fork());
  const bases = regionNames.map((name, index) => {
    const feed = new ChangeFeed({ world: surroundings, random: random.fork(), region: name, tableName: table.name });
    const services = createRegionServices({
      name,
      isFirst: index === 0,
      skewMs: profile.skewsMs[index] ?? 0,
      world: surroundings,
      onChange: (change) => feed.publish(change),
      onEmailEvent: (event) => emailEvents.publish(event),
    });
    return { feed, ...recordVersions(services) };
  });
  const [home, away] = bases;
  if (home === undefined || away === undefined) throw new Error('a world has two regions');
  const build = (here: typeof home, there: typeof home): Region => {
    const failures = new FailureObjects();
    const consumers = registry.filter(isStreamConsumer).flatMap((definition) => {
      if (definition.runsIn === 'emailRegion' && here.services.name !== emailRegion) return [];
      const place = {
        world: surroundings,
        region: here.services.name,
        consumer: definition.name,
        random: random.fork(),
      };
      return new Consumer({
        definition,
        create: handlerOf(handlers, definition.name),
        place,
        here: here.services,
        there: there.services,
        feed: here.feed,
        polling: surroundings.polling,
        onFailure: (delivery) => failures.add(definition.name, delivery),
      });
    });
    return { services: here.services, feed: here.feed, versions: here.versions, consumers, failures };
  };
  const regions = [build(home, away), build(away, home)];
  const settlerIn = (around: Surroundings) =>
    new FunctionHost({
      place: { world: around, region: home.services.name, consumer: settlerName, random: random.fork() },
      here: home.services,
      there: away.services,
      create: handlerOf(handlers, settlerName),
      timeoutMs: (registry.find(({ name }) => name === settlerName)?.timeoutS ?? 60) * 1000,
    });
  const settler = settlerIn(surroundings);
  // Sending again after silence is for where no event is lost or late: those arrive undisturbed.
  emailEvents.settler = profile.onSilence === 'resend' ? settlerIn({ ...surroundings, calm: true }) : settler;
  for (const { consumers } of regions) for (const consumer of consumers) await consumer.start();
  return Object.assign(surroundings, { regions, emailEvents, settler });
}

export async function loadHandlers(): Promise<ReadonlyMap<string, CreateHandler>> {
  // Canaries and sweeps are not simulated: they look on, and wait for weeks.
  const simulated = registry.filter((definition) => isStreamConsumer(definition) || definition.name === settlerName);
  const loaded = simulated.map(async ({ name }): Promise<[string, CreateHandler]> => {
    const { create }: { readonly create: CreateHandler } = await import(`../../functions/${name}/handler.ts`);
    return [name, create];
  });
  return new Map(await Promise.all(loaded));
}

function handlerOf(handlers: ReadonlyMap<string, CreateHandler>, name: string): CreateHandler {
  const create = handlers.get(name);
  if (create === undefined) throw new Error(`functions/${name}/handler.ts exports no create`);
  return create;
}

function isStreamConsumer(definition: (typeof registry)[number]): definition is StreamConsumerDefinition {
  return definition.trigger.kind !== 'schedule';
}
