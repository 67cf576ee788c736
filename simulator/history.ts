import { checkEverything } from './checkers/check-everything.ts';
import type { Coverage, Mask } from './faults/fault-book.ts';
import type { FaultName } from './faults/fault-names.ts';
import { drawProfile, type Profile } from './faults/profile.ts';
import type { CreateHandler } from './functions/function-host.ts';
import { createRandom, type Random } from './random.ts';
import type { HistoryFinding } from './seed-report.ts';
import { Applications } from './workload/applications.ts';
import { Maintenance } from './workload/maintenance.ts';
import { planSteps, type Step } from './workload/plan.ts';
import { type PlannedWork, planWork } from './workload/plan-work.ts';
import { reindexEverywhere } from './workload/reindexing.ts';
import { createDigest } from './world/digest.ts';
import { observe } from './world/observe.ts';
import { Operator } from './world/operator.ts';
import { quiet, settleRegularly } from './world/quiet.ts';
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
  readonly findings: readonly HistoryFinding[];
  /** Whether something was thrown that nobody caught: then that is all that was found. */
  readonly isBroken: boolean;
  /** Those that were taken. */
  readonly steps: readonly StepAndWork[];
  readonly coverage: Coverage;
  readonly faults: readonly string[];
  readonly virtualMs: number;
}

/** A step, and what operators begin after it. */
export type StepAndWork = Step & { readonly work: PlannedWork | undefined };

/** One history from an empty world to its recount: a pure function of its options. */
export async function runHistory(options: HistoryOptions): Promise<HistoryResult> {
  const { seed, handlers, faults, mask, listen } = options;
  const random = createRandom(seed);
  const profile = drawProfile(random.fork(), faults);
  const planned = planSteps(random.fork(), { profile, count: options.steps });
  const digest = createDigest(listen);
  const world = await createWorld({ profile, random: random.fork(), digest, handlers, ...(mask && { mask }) });
  const startMs = world.clock.nowMs();
  const cast = createCast(world, { ...options, random });
  const works = planWork(seed, planned.length);
  const steps = planned
    .map((step, index): StepAndWork => ({ ...step, work: works.get(index) }))
    .filter((_, index) => options.keep?.has(index) ?? true);
  const found = await playOut(world, () => drive({ world, steps, ...cast }));
  return {
    seed,
    profile,
    hash: digest.value(),
    changes: world.regions.reduce((sum, { feed }) => sum + feed.changes.length, 0),
    records: world.regions.reduce((sum, { feed }) => sum + feed.recordCount, 0),
    ...found,
    steps,
    coverage: world.faults.coverage,
    faults: world.faults.lines,
    virtualMs: world.clock.nowMs() - startMs,
  };
}

/** Whoever acts in it. */
function createCast(world: World, { handlers, reindexes, random }: HistoryOptions & { readonly random: Random }) {
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
  const reindexing = reindexes === true && reindexEverywhere({ world, operators, random: random.fork() });
  return { operators, maintenance, applications, troubles, operations: reindexing || Promise.resolve() };
}

/** Lets virtual time pass until all is done, and looks at what is there then. */
async function playOut(world: World, play: () => Promise<void>): Promise<Pick<HistoryResult, 'findings' | 'isBroken'>> {
  const thrown: unknown[] = [];
  const onThrown = (error: unknown) => void thrown.push(error);
  // Of what nobody awaits: a function that a mapping invoked, work for later.
  process.on('unhandledRejection', onThrown);
  try {
    let isOver = false;
    const end = play().then(() => {
      isOver = true;
    }, onThrown);
    await world.clock.advanceUntil(() => isOver || thrown.length > 0, Number.MAX_SAFE_INTEGER);
    if (thrown.length > 0) return brokenOff(thrown[0]);
    await end;
    const observed = await observe(world);
    for (const { consumers } of world.regions) for (const consumer of consumers) await consumer.stop();
    const alarms = world.alarms.map((alarm): HistoryFinding => ({ ...alarm, isAlarm: true }));
    return { findings: [...alarms, ...checkEverything(observed)], isBroken: false };
  } catch (error) {
    return brokenOff(thrown[0] ?? error);
  } finally {
    process.off('unhandledRejection', onThrown);
  }
}

function brokenOff(error: unknown): Pick<HistoryResult, 'findings' | 'isBroken'> {
  const said = error instanceof Error ? (error.stack ?? `${error}`) : String(error);
  return { findings: [{ consumer: 'all', kind: 'unaccounted', what: `broke off: ${said}` }], isBroken: true };
}

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
