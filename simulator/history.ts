import { checkEverything } from './checkers/check-everything.ts';
import type { Finding } from './checkers/observed.ts';
import type { Coverage, Mask } from './faults/fault-book.ts';
import type { FaultName } from './faults/fault-names.ts';
import { drawProfile, type Profile } from './faults/profile.ts';
import type { CreateHandler } from './functions/function-host.ts';
import { createRandom } from './random.ts';
import { Applications } from './workload/applications.ts';
import { Maintenance } from './workload/maintenance.ts';
import { planSteps, type Step } from './workload/plan.ts';
import { type PlannedWork, planWork } from './workload/plan-work.ts';
import { reindexEverywhere } from './workload/reindexing.ts';
import { createDigest } from './world/digest.ts';
import { observe } from './world/observe.ts';
import { Operator } from './world/operator.ts';
import { Troubles } from './world/troubles.ts';
import { createWorld, type World } from './world/world.ts';

export interface HistoryOptions {
  readonly seed: number;
  /** Steps of applications and weather. */
  readonly steps: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly handlers: ReadonlyMap<string, CreateHandler>;
  /** Whether operators fill a new search index meanwhile. */
  readonly reindexes?: boolean;
  /** For making a failing history smaller: which of its steps to take, and faults to leave out. */
  readonly keep?: ReadonlySet<number>;
  readonly mask?: Mask;
  /** Told every event, for people. */
  readonly listen?: (event: string) => void;
}

export interface HistoryResult {
  readonly seed: number;
  readonly profile: Profile;
  readonly hash: string;
  /** Of the tables, in both regions. */
  readonly changes: number;
  /** Of the tables' streams and the Kinesis streams: about two for each change. */
  readonly records: number;
  readonly findings: readonly Finding[];
  readonly coverage: Coverage;
  readonly faults: readonly string[];
  readonly virtualMs: number;
}

/** Longer than anything takes that heals by itself. */
const settleMs = 2 * 3_600_000;

/** One history from an empty world to its recount: a pure function of its options. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, handlers, faults, mask, listen } = options;
  const random = createRandom(seed);
  const profile = drawProfile(random.fork(), faults);
  const steps = planSteps(random.fork(), { profile, count: options.steps });
  const digest = createDigest(listen);
  const world = await createWorld({ profile, random: random.fork(), digest, handlers, ...(mask && { mask }) });
  const startMs = world.clock.nowMs();
  const end = Promise.withResolvers<void>();
  let isOver = false;
  const operatorsRandom = random.fork();
  const operators = world.regions.map((region, index) => {
    const other = world.regions[1 - index] ?? region;
    return new Operator({ world, region, other, handlers, random: operatorsRandom.fork() });
  });
  const maintenance = world.regions.map((region, index) => {
    const other = world.regions[1 - index] ?? region;
    return new Maintenance({ world, region, other, random: operatorsRandom.fork() });
  });
  const applications = new Applications(world, random.fork());
  const troubles = new Troubles(world, operators);
  const planned = planWork(seed, steps.length);
  const kept = steps
    .map((step, index): StepAndWork => ({ ...step, work: planned.get(index) }))
    .filter((_, index) => options.keep?.has(index) ?? true);
  const reindexing = options.reindexes === true && reindexEverywhere({ world, operators, random: random.fork() });
  const operations = reindexing || Promise.resolve();
  drive({ world, steps: kept, applications, troubles, operators, maintenance, operations })
    .then(end.resolve, end.reject)
    .finally(() => {
      isOver = true;
    });
  await world.clock.advanceUntil(() => isOver, Number.MAX_SAFE_INTEGER);
  await end.promise;
  const observed = await observe(world);
  for (const { consumers } of world.regions) for (const consumer of consumers) await consumer.stop();
  return {
    seed,
    profile,
    hash: digest.value(),
    changes: world.regions.reduce((sum, { feed }) => sum + feed.changes.length, 0),
    records: world.regions.reduce((sum, { feed }) => sum + feed.recordCount, 0),
    findings: [...world.alarms, ...checkEverything(observed)],
    coverage: world.faults.coverage,
    faults: world.faults.lines,
    virtualMs: world.clock.nowMs() - startMs,
  };
}

type StepAndWork = Step & { readonly work: PlannedWork | undefined };

interface Cast {
  readonly world: World;
  readonly steps: readonly StepAndWork[];
  readonly applications: Applications;
  readonly troubles: Troubles;
  readonly operators: readonly Operator[];
  readonly maintenance: readonly Maintenance[];
  /** What operators began of their own accord. */
  readonly operations: Promise<void>;
}

async function drive({
  world,
  steps,
  applications,
  troubles,
  operators,
  maintenance,
  operations,
}: Cast): Promise<void> {
  const settling = settleRegularly(world);
  for (const { afterMs, action, work } of steps) {
    if (afterMs > 0) await world.clock.sleep(afterMs);
    if (action.kind === 'trouble') await troubles.begin(action);
    else await applications.perform(action);
    if (work !== undefined) maintenance[work.region]?.begin(work.work);
  }
  await world.clock.sleep(2_000);
  await troubles.endAll();
  world.calm = true;
  await operations;
  await quiet(world);
  for (const each of maintenance) await each.end();
  // What is redriven makes changes, and what fails again waits for the next round; poison stays.
  for (let round = 0; round < 3; round += 1) {
    let settled = 0;
    for (const operator of operators) settled += (await operator.redriveAll()).settled;
    await quiet(world);
    if (settled === 0) break;
  }
  for (const each of maintenance) await each.check();
  settling.stop();
}

/** Until every stream is read to its tip, nothing is on its way, the mails are settled and the windows have ended. */
async function quiet(world: World): Promise<void> {
  const { clock, regions } = world;
  const sinceMs = clock.nowMs();
  const isQuiet = () =>
    world.pendingLater === 0 &&
    regions.every(({ feed, consumers }) => feed.pending === 0 && consumers.every(({ isDone }) => isDone)) &&
    !isMailDue(world);
  for (let calmTurns = 0; calmTurns < 3; ) {
    await clock.sleep(Math.max(2_000, (clock.nowMs() - sinceMs) / 20));
    const waitedMs = clock.nowMs() - sinceMs;
    // Mails and duplicates can be an hour late: the longer it takes, the less is there to be seen.
    world.pace.slow(Math.min(60_000, waitedMs / 10));
    calmTurns = isQuiet() ? calmTurns + 1 : 0;
    if (waitedMs <= settleMs) continue;
    world.alarms.push({ consumer: 'all', kind: 'lost', what: `no rest: ${describe(world)}` });
    return;
  }
  world.pace.slow(60_000);
  await clock.sleep(240_000);
  world.pace.usual();
}

/** What there is still to do. */
function describe(world: World): string {
  const waiting = world.regions.flatMap(({ services, consumers }) =>
    consumers.flatMap(({ name, isDone }) => (isDone ? [] : [`${services.name} ${name}`])),
  );
  return [`${world.pendingLater} under way`, ...waiting, ...(isMailDue(world) ? ['mails are due'] : [])].join(', ');
}

/** A row that the settler still has to look at. */
function isMailDue({ regions }: World): boolean {
  return regions[0]?.services.twin.items('email-ledger').some(({ dueAtMs }) => dueAtMs !== undefined) ?? false;
}

/** A minute; where mails are sent again after silence, sooner, so that runs meet attempts under way. */
function pauseMs({ pace, profile, calm }: World): number {
  if (pace.isSlow) return calm ? 180_000 : Math.max(600_000, 2 * pace.polling.idleMs);
  return profile.onSilence === 'resend' ? 5_000 : 60_000;
}

/** The settler's schedule. */
function settleRegularly(world: World): { stop(): void } {
  let isStopped = false;
  const run = async (): Promise<void> => {
    while (!isStopped) {
      await world.clock.sleep(pauseMs(world));
      if (!isStopped) await world.settler.invoke({ source: 'aws.events', 'detail-type': 'Scheduled Event' });
    }
  };
  void run();
  return {
    stop: () => {
      isStopped = true;
    },
  };
}
