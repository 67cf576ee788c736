/** Kills, restarts and recounts, in rounds on one and the same history. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkEverything } from '../demo/checkers/check-everything.ts';
import type { Finding } from '../demo/checkers/finding.ts';
import { sabotagedSources } from '../demo/sabotaged-sources.ts';
import { createSeededRandom } from '../demo/seeded-random.ts';
import { createSender, type Sender } from '../demo/send-workload.ts';
import { planWorkload, type Step } from '../demo/workload.ts';
import { names } from '../pipeline/names.ts';
import { drained } from './drained.ts';
import { type Kill, planKills } from './kill-plan.ts';
import type { CrashOptions } from './options.ts';
import { readPositions } from './read-positions.ts';
import { type StagedScene, stageScene } from './scene.ts';
import { type Came, strike } from './strike.ts';
import { isUnanswered } from './unanswered.ts';

export interface CrashRun {
  readonly projectRoot: string;
  readonly options: CrashOptions;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** One kill, and whether its moment came. */
export interface Struck {
  readonly kill: Kill;
  readonly came: Came;
}

export interface CrashReport {
  readonly struck: readonly Struck[];
  readonly rounds: number;
  /** Of the last round: it is about everything that was ever written. */
  readonly findings: readonly Finding[];
  readonly changes: number;
  readonly seconds: number;
}

const killsPerRound = 25;
const usersPerKill = 2;
const concurrency = 8;

/** Stops at the first round with drift. @throws {Error} when something does not come back, or not to an end. */
export async function runCrashes(run: CrashRun): Promise<CrashReport> {
  const { options, signal, say } = run;
  const { kills: count, seed } = options;
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-crash-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const root = await sourcesOf(run, cleanup);
  say('Starting the engines and the runner ...');
  const scene = await stageScene({ root, folder, cleanup });
  const sender = createSender({
    regions: scene.engines.places,
    random: createSeededRandom(seed + 1),
    ...{ conflicts: true, skewMs: 0, concurrency, signal, again: isUnanswered },
  });
  cleanup.defer(() => sender.stop());
  const kills = planKills(count, createSeededRandom(seed + 2));
  const { steps } = planWorkload({ users: usersPerKill * count, seed, poison: true });
  const struck: Struck[] = [];
  let findings: readonly Finding[] = [];
  const began = performance.now();
  const rounds = Math.ceil(count / killsPerRound);
  for (let round = 1; round <= rounds; round += 1) {
    while (struck.length < Math.min(count, round * killsPerRound)) {
      signal.throwIfAborted();
      const kill = kills[struck.length];
      if (kill === undefined) break;
      const share = shareOf(steps, { number: struck.length, count });
      struck.push({ kill, came: await strikeWhileWriting(kill, { scene, sender, share }) });
    }
    findings = await recount(scene, signal);
    const drift = findings.reduce((sum, finding) => sum + driftOf(finding), 0);
    say(`Round ${round} of ${rounds}: ${struck.length} kills, drift ${drift}.`);
    if (drift > 0) break;
  }
  const changes = findings.find(({ consumer }) => consumer === 'replicator')?.details.changes ?? 0;
  return {
    ...{ struck, rounds, findings, changes },
    seconds: Math.round((performance.now() - began) / 1000),
  };
}

export function driftOf({ lost, doubled, diverged, unaccounted }: Finding): number {
  return lost + doubled + diverged + unaccounted;
}

async function sourcesOf({ projectRoot, options, say }: CrashRun, cleanup: AsyncDisposableStack): Promise<string> {
  const { sabotage: name } = options;
  if (name === undefined) return projectRoot;
  const copy = await sabotagedSources({ projectRoot, name, folders: ['local'] });
  cleanup.defer(() => copy.remove());
  say(`Sabotage ${name}: this run must fail.`);
  return copy.root;
}

/** Half of the writes come before the kill, half while its victim is gone. */
async function strikeWhileWriting(
  kill: Kill,
  { scene, sender, share }: { scene: StagedScene; sender: Sender; share: readonly Step[] },
): Promise<Came> {
  const half = Math.ceil(share.length / 2);
  const sending: Promise<void>[] = [];
  const send = (steps: readonly Step[]): void => {
    const sent = sender.send(steps);
    // Its failure is told below, when the victim is back.
    sent.catch(() => undefined);
    sending.push(sent);
  };
  send(share.slice(0, half));
  const came = await strike(kill, scene, () => send(share.slice(half)));
  await Promise.all(sending);
  const death = scene.runner.diedOf();
  if (death !== undefined) throw new Error(`Nobody killed it: ${death}`);
  return came;
}

function shareOf(steps: readonly Step[], { number, count }: { number: number; count: number }): readonly Step[] {
  return steps.slice(Math.floor((steps.length * number) / count), Math.floor((steps.length * (number + 1)) / count));
}

async function recount(scene: StagedScene, signal: AbortSignal): Promise<readonly Finding[]> {
  const { engines, positions, proxies, sentBack } = scene;
  await engines.sweep();
  const held = () => proxies.all().reduce((sum, proxy) => sum + proxy.pending(), 0);
  await drained({ places: engines.places, positions, held, signal });
  const placesOf = async ({ name, endpoints }: (typeof engines.places)[number]) => ({
    ...{ region: name, endpoints, bucket: names.bucket, kinesisStream: names.kinesisStream },
    positions: await readPositions(positions, name),
    sentBack: sentBack.get(name)?.count() ?? { sent: 0, applied: 0 },
  });
  const [one, other] = engines.places;
  const regions = [await placesOf(one), await placesOf(other)] as const;
  const { effects, records } = await checkEverything({ regions, ses: engines.sesUrl });
  return [...effects, ...records];
}
