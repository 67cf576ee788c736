/** Kills one process at its moment and brings it back. */
import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Proxies } from '../faults/proxies.ts';
import type { RegionName } from '../pipeline/names.ts';
import { type Place, positionFileOf } from '../pipeline/pipeline-options.ts';
import type { DurableEngines } from './durable-engines.ts';
import { engineOf, type Kill, type Moment, type WritePoint } from './kill-plan.ts';
import type { Runner } from './runner-process.ts';

export interface Scene {
  readonly engines: DurableEngines;
  readonly runner: Runner;
  readonly proxies: Proxies;
  /** Folder of the positions. */
  readonly positions: string;
}

/** What came: the moment that was planned, at which point where it was a write; undefined when neither did. */
export type Came = { readonly point?: WritePoint } | undefined;

/** A moment that does not come is not waited for any longer: the kill happens then, whatever is going on. */
const patienceMs = 4_000;

/**
 * Resolves when all that was killed works again.
 *
 * @param onDead called when the process is being killed and nothing has brought it back yet
 */
export async function strike({ victim, moment, region }: Kill, scene: Scene, onDead: () => void): Promise<Came> {
  const { engines, runner } = scene;
  if (moment.at === 'start') return strikeStarting(moment.afterMs, runner, onDead);
  let back: Promise<unknown> | undefined;
  const kill = (point: WritePoint | undefined) => {
    if (victim === 'worker') back = runner.killWorker(point ?? anyPlace(moment, region));
    else if (victim === 'dynamodb') back = engines.killDynamoDb(point === undefined ? region : engineOf(point));
    else back = runner.kill();
    onDead();
  };
  const came = await atMoment(moment, scene, kill);
  if (came === undefined) kill(undefined);
  await back;
  if (victim === 'kinesis') await engines.killKinesis();
  if (victim === 'kinesis' || victim === 'runner') await runner.start();
  return came;
}

async function strikeStarting(afterMs: number, runner: Runner, onDead: () => void): Promise<Came> {
  await runner.kill();
  onDead();
  const starting = runner.start();
  await delay(afterMs);
  await runner.kill();
  await starting;
  await runner.start();
  return {};
}

/** No write came by: one of those that were waited for. */
function anyPlace(moment: Moment, region: RegionName): Place {
  const [first] = moment.at === 'write' ? moment.points : [];
  return first ?? { consumer: 'aggregates', region };
}

/** Calls `kill` when the moment comes; undefined when it did not before patience ended. */
async function atMoment(
  moment: Exclude<Moment, { at: 'start' }>,
  scene: Scene,
  kill: (point: WritePoint | undefined) => void,
): Promise<Came> {
  if (moment.at === 'any') {
    await delay(moment.afterMs);
    kill(undefined);
    return {};
  }
  const came = Promise.withResolvers<Came>();
  let over = false;
  const spring = (point?: WritePoint) => {
    // Another write may be held up at its own point by now.
    if (over) return;
    over = true;
    kill(point);
    came.resolve(point === undefined ? {} : { point });
  };
  const disarm = moment.at === 'write' ? ambush(moment, scene, spring) : watchPosition(moment, scene, spring);
  try {
    return await Promise.race([came.promise, delay(patienceMs, undefined, { ref: false })]);
  } finally {
    over = true;
    disarm();
  }
}

/** Answers what takes it back. */
function ambush(
  { points, when }: Extract<Moment, { at: 'write' }>,
  { proxies }: Scene,
  spring: (point: WritePoint) => void,
): () => void {
  const watched = points.map((point) => ({ point, proxy: proxies.get(proxyName(point), point.service) }));
  for (const { point, proxy } of watched) proxy.crashAtNextWrite(when, () => spring(point));
  return () => {
    for (const { proxy } of watched) proxy.clear();
  };
}

function watchPosition(
  { place }: Extract<Moment, { at: 'save' }>,
  { positions }: Scene,
  spring: () => void,
): () => void {
  const file = positionFileOf(positions, place);
  const watcher = watch(dirname(file), (_, name) => {
    if (name !== null && file.endsWith(name.replace(/\.next$/, ''))) spring();
  });
  return () => watcher.close();
}

export function proxyName({ consumer, region }: Omit<WritePoint, 'service'>): string {
  return `${consumer} in ${region}`;
}
