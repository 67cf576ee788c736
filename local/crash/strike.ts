/** Kills one process at its moment and brings it back. */
import { watch } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Proxies } from '../faults/proxies.ts';
import { positionFileOf } from '../pipeline/pipeline-options.ts';
import type { DurableEngines } from './durable-engines.ts';
import type { Kill, Moment, WritePoint } from './kill-plan.ts';
import type { Runner } from './runner-process.ts';

export interface Scene {
  readonly engines: DurableEngines;
  readonly runner: Runner;
  readonly proxies: Proxies;
  /** Folder of the positions. */
  readonly positions: string;
}

/** A moment that does not come is not waited for any longer: the kill happens then, whatever is going on. */
const patienceMs = 2_000;

/**
 * Resolves when all that was killed works again; answers whether the moment came.
 *
 * @param onDead called when the process is gone and nothing has brought it back yet
 */
export async function strike({ victim, moment, region }: Kill, scene: Scene, onDead: () => void): Promise<boolean> {
  const { engines, runner } = scene;
  if (moment.at === 'start') return strikeStarting(moment.afterMs, runner, onDead);
  let back: Promise<unknown> | undefined;
  const kill = () => {
    if (victim === 'worker') back = moment.at === 'write' ? runner.killWorker(moment.point) : undefined;
    else if (victim === 'dynamodb') back = engines.killDynamoDb(region);
    else back = runner.kill();
    onDead();
  };
  const came = await atMoment(moment, scene, kill);
  if (!came) kill();
  await back;
  if (victim === 'kinesis') await engines.killKinesis();
  if (victim === 'kinesis' || victim === 'runner') await runner.start();
  return came;
}

async function strikeStarting(afterMs: number, runner: Runner, onDead: () => void): Promise<boolean> {
  await runner.kill();
  onDead();
  const starting = runner.start();
  await delay(afterMs);
  await runner.kill();
  await starting;
  await runner.start();
  return true;
}

/** Calls `kill` when the moment comes; answers whether it did before patience ended. */
async function atMoment(moment: Exclude<Moment, { at: 'start' }>, scene: Scene, kill: () => void): Promise<boolean> {
  if (moment.at === 'any') {
    await delay(moment.afterMs);
    kill();
    return true;
  }
  const came = Promise.withResolvers<boolean>();
  const spring = () => {
    kill();
    came.resolve(true);
  };
  const disarm = moment.at === 'write' ? ambush(moment, scene, spring) : watchPosition(moment, scene, spring);
  const inTime = delay(patienceMs, false, { ref: false });
  try {
    return await Promise.race([came.promise, inTime]);
  } finally {
    disarm();
  }
}

function ambush({ point, when }: Extract<Moment, { at: 'write' }>, { proxies }: Scene, spring: () => void) {
  const proxy = proxies.get(proxyName(point), point.service);
  proxy.crashAtNextWrite(when, spring);
  return () => proxy.clear();
}

function watchPosition({ place }: Extract<Moment, { at: 'save' }>, { positions }: Scene, spring: () => void) {
  const file = positionFileOf(positions, place);
  let sprung = false;
  const watcher = watch(dirname(file), (_, name) => {
    if (sprung || name === null || !file.endsWith(name.replace(/\.next$/, ''))) return;
    sprung = true;
    spring();
  });
  return () => watcher.close();
}

export function proxyName({ consumer, region }: Omit<WritePoint, 'service'>): string {
  return `${consumer} in ${region}`;
}
