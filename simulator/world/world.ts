import { type VirtualClock, virtualClock } from '@tributary/event-source-mapping';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { isStreamConsumer } from '../../shared/runtime/consumer-definition.ts';
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
import { OnCall } from './on-call.ts';
import { Pace } from './pace.ts';
import type { Surroundings } from './place.ts';
import { createRegionServices, type RegionServices } from './region.ts';
import { recordVersions } from './versions.ts';

export const regionNames = ['eu-central-1', 'eu-west-1'] as const;
export const emailRegion = regionNames[0];
export const settlerName = 'email-settler';
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
  readonly onCall: OnCall;
  readonly settler: FunctionHost;
  readonly pace: Pace;
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
  const { random } = options;
  const surroundings = createSurroundings(options);
  const emailEvents = new EmailEvents(surroundings, random.fork());
  const onCall = new OnCall(surroundings, random.fork());
  const [home, away] = regionNames.map((name) => createBase(name, { ...options, surroundings, emailEvents, onCall }));
  if (home === undefined || away === undefined) throw new Error('a world has two regions');
  const shared = { ...options, surroundings };
  const regions = [
    buildRegion({ ...shared, here: home, there: away }),
    buildRegion({ ...shared, here: away, there: home }),
  ];
  const settler = settlerIn(surroundings, { ...options, home, away });
  // Sending again after silence is for where no event is lost or late: those arrive undisturbed.
  const isSure = options.profile.onSilence === 'resend';
  emailEvents.settler = isSure ? settlerIn({ ...surroundings, calm: true }, { ...options, home, away }) : settler;
  for (const { consumers } of regions) for (const consumer of consumers) await consumer.start();
  return Object.assign(surroundings, { regions, emailEvents, onCall, settler });
}

type Common = ReturnType<typeof createSurroundings>;
type Base = ReturnType<typeof createBase>;

function createSurroundings({ profile, digest, mask }: WorldOptions) {
  const clock = virtualClock({ startMs });
  const alarms: Finding[] = [];
  const surroundings = {
    ...{ clock, digest, profile, alarms },
    faults: new FaultBook(digest, mask),
    outages: new Outages(),
    calm: false,
    pendingLater: 0,
    pace: new Pace(profile.pollingMs),
    later(delayMs: number, work: () => Promise<void>): void {
      surroundings.pendingLater += 1;
      void clock.sleep(delayMs).then(async () => {
        await work();
        surroundings.pendingLater -= 1;
      });
    },
  };
  return surroundings;
}

function createBase(
  name: (typeof regionNames)[number],
  options: WorldOptions & {
    readonly surroundings: Common;
    readonly emailEvents: EmailEvents;
    readonly onCall: OnCall;
  },
) {
  const { surroundings: world, random, profile, emailEvents, onCall } = options;
  const feed = new ChangeFeed({ world, random: random.fork(), region: name, tableName: table.name });
  const services = createRegionServices({
    name,
    world,
    isFirst: name === emailRegion,
    skewMs: profile.skewsMs[regionNames.indexOf(name)] ?? 0,
    onChange: (change) => feed.publish(change),
    onEmailEvent: (event) => emailEvents.publish(event),
    onNotice: (notice) => onCall.ring(name, notice),
  });
  return { feed, ...recordVersions(services) };
}

function buildRegion(
  options: WorldOptions & { readonly surroundings: Common; readonly here: Base; readonly there: Base },
): Region {
  const { surroundings: world, handlers, random, here, there } = options;
  const { services, feed, versions } = here;
  const failures = new FailureObjects();
  const deployed = registry
    .filter(isStreamConsumer)
    .filter(({ runsIn }) => runsIn !== 'emailRegion' || services.name === emailRegion);
  const consumers = deployed.map(
    (definition) =>
      new Consumer({
        definition,
        create: handlerOf(handlers, definition.name),
        place: { world, region: services.name, consumer: definition.name, random: random.fork() },
        here: services,
        there: there.services,
        feed,
        pace: world.pace,
        onFailure: (delivery) => failures.add(definition.name, delivery),
      }),
  );
  return { services, feed, versions, consumers, failures };
}

function settlerIn(
  world: Surroundings,
  { home, away, handlers, random }: WorldOptions & { readonly home: Base; readonly away: Base },
): FunctionHost {
  const { services } = home;
  return new FunctionHost({
    place: { world, region: services.name, consumer: settlerName, random: random.fork() },
    here: services,
    there: away.services,
    create: handlerOf(handlers, settlerName),
    timeoutMs: (registry.find(({ name }) => name === settlerName)?.timeoutS ?? 60) * 1000,
  });
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
