/** Everything that a run of crashes needs, up and running: engines, proxies, the runner. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { table } from '../../functions/table.ts';
import { bundleFunctions } from '../bundle.ts';
import { makeIndexForgetful } from '../demo/forgetful-index.ts';
import { createSentBack } from '../demo/sent-back.ts';
import { createProxies, type Proxies } from '../faults/proxies.ts';
import { createClients } from '../pipeline/clients.ts';
import { laptopRegistry } from '../pipeline/laptop-registry.ts';
import type { RegionName } from '../pipeline/names.ts';
import type { RegionPlace } from '../pipeline/region.ts';
import { type CreatedResources, createResources } from '../pipeline/resources.ts';
import { startDurableEngines } from './durable-engines.ts';
import { writePoints } from './kill-plan.ts';
import { hopName } from './runner-messages.ts';
import { createRunner, type Runner } from './runner-process.ts';
import { proxyName, type Scene } from './strike.ts';

export interface SceneOptions {
  /** The sources whose runner and functions are to be killed. */
  readonly root: string;
  /** For files, empty and of this run alone. */
  readonly folder: string;
  readonly cleanup: AsyncDisposableStack;
}

/** With what was sent back to where it was made, by the region that it was sent from. */
export type StagedScene = Scene & { readonly sentBack: ReadonlyMap<RegionName, ReturnType<typeof createSentBack>> };

const eventPollMs = 20;

export async function stageScene({ root, folder, cleanup }: SceneOptions): Promise<StagedScene> {
  const bundles = join(folder, 'functions');
  const positions = join(folder, 'positions');
  await bundleFunctions({ names: laptopRegistry.map(({ name }) => name), outdir: bundles, root });
  const events = createEventDelivery();
  const engines = await startDurableEngines({ folder, onEmailEvent: events.deliver, cleanup });
  const { places } = engines;
  const sentBack = new Map(places.map(({ name, replica }) => [name, createSentBack(replica)]));
  const proxies = cleanup.adopt(createProxies(), (all) => all.stop());
  const routes = await openProxies(places, { proxies, sentBack });
  const regions = [];
  for (const place of places) {
    await mkdir(join(positions, place.name), { recursive: true });
    regions.push({ ...place, resources: await createEmpty(place) });
  }
  const runner = createRunner({
    program: join(root, 'local', 'crash', 'runner.ts'),
    plan: { bundles, positions, regions, routes },
    compiled: join(folder, 'compiled'),
    eventsArrived: events.arrived,
  });
  cleanup.defer(() => runner.kill());
  events.receiver = runner;
  await runner.start();
  return { engines, runner, proxies, positions, sentBack };
}

async function createEmpty(place: RegionPlace): Promise<CreatedResources> {
  const clients = createClients(place.endpoints, place.name);
  try {
    const resources = await createResources(clients, { table, registry: laptopRegistry });
    await makeIndexForgetful({ clients });
    return resources;
  } finally {
    await clients.stop();
  }
}

/** One in front of every point at which a function writes; answers the runner's routes. */
async function openProxies(
  places: readonly RegionPlace[],
  { proxies, sentBack }: { proxies: Proxies; sentBack: StagedScene['sentBack'] },
): Promise<Record<string, string>> {
  const routes: Record<string, string> = {};
  for (const point of writePoints) {
    const place = places.find(({ name }) => name === point.region);
    if (place === undefined) continue;
    const { service } = point;
    const onWrite = service === 'remoteDynamodb' ? sentBack.get(point.region)?.onWrite : undefined;
    const consumer = proxyName(point);
    const target = place.endpoints[service];
    routes[hopName(point)] = await proxies.open({ consumer, service, target, ...(onWrite && { onWrite }) });
  }
  return routes;
}

/** SES events on their way to the runner, which may be dead: SES sends them again until they are taken. */
function createEventDelivery() {
  const underWay = new Set<unknown>();
  const delivery = {
    receiver: undefined as Runner | undefined,
    async deliver(event: unknown): Promise<void> {
      underWay.add(event);
      if (delivery.receiver === undefined) throw new Error('There is no runner yet.');
      await delivery.receiver.deliver(event);
      underWay.delete(event);
    },
    async arrived(): Promise<void> {
      while (underWay.size > 0) await new Promise((resolve) => setTimeout(resolve, eventPollMs));
    },
  };
  return delivery;
}
