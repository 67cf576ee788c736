/**
 * The part of the laptop that is killed: functions, mappings and Kinesis destinations of both regions, on engines of
 * other processes. It keeps nothing but the positions on disk.
 */
import { flushCompileCache } from 'node:module';
import { createClients } from '../pipeline/clients.ts';
import { type EmailEventQueue, emailEventQueueOf } from '../pipeline/email-event-queue.ts';
import { type RegionWork, startRegion } from '../pipeline/region.ts';
import { type FromRunner, hopName, type RunnerPlan, type ToRunner } from './runner-messages.ts';

const cleanup = new AsyncDisposableStack();
const waiting = new Map<number, () => void>();
let asked = 0;
let regions: readonly RegionWork[] = [];
let emailEvents: EmailEventQueue | undefined;

process.on('message', (message: ToRunner) => void take(message));
// Whoever would kill it is gone.
process.on('disconnect', () => process.exit(0));

async function take(message: ToRunner): Promise<void> {
  switch (message.kind) {
    case 'start':
      return start(message.plan).then(
        () => {
          tell({ kind: 'ready' });
          // Node does so at its end, and this process never comes to one of its own.
          flushCompileCache();
        },
        (error: unknown) => tell({ kind: 'failed', reason: inWords(error) }),
      );
    case 'emailEvent': {
      const { id, event } = message;
      const taken = emailEvents?.take(event) ?? Promise.reject(new Error('No function takes SES events yet.'));
      return taken.then(
        () => tell({ kind: 'emailEvent', id, done: true }),
        () => tell({ kind: 'emailEvent', id, done: false }),
      );
    }
    case 'killWorker': {
      const { id, place } = message;
      const host = regions
        .find(({ name }) => name === place.region)
        ?.consumers.find(({ definition }) => definition.name === place.consumer)?.host;
      return tell({ kind: 'killWorker', id, done: host?.kill() ?? false });
    }
    case 'eventsArrived':
      waiting.get(message.id)?.();
      waiting.delete(message.id);
  }
}

async function start({ bundles, positions, regions: places, routes }: RunnerPlan): Promise<void> {
  const pipeline = {
    bundles,
    positions,
    route: async (hop: Parameters<typeof hopName>[0] & { url: string }) => routes[hopName(hop)] ?? hop.url,
    beforeSchedule: eventsArrived,
  };
  regions = await Promise.all(
    places.map((place) => {
      const clients = createClients(place.endpoints, place.name);
      return startRegion({ ...place, clients }, { pipeline, cleanup });
    }),
  );
  emailEvents = emailEventQueueOf(regions);
}

/**
 * On AWS an event is late by seconds and the settler waits a quarter of an hour. Here it waits ten seconds, and a busy
 * machine may take as long to start this process again: what is on its way has to come first.
 */
function eventsArrived(): Promise<void> {
  asked += 1;
  const id = asked;
  return new Promise((resolve) => {
    waiting.set(id, resolve);
    tell({ kind: 'eventsArrived?', id });
  });
}

function tell(message: FromRunner): void {
  process.send?.(message);
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message}: ${inWords(error.cause)}`;
}
