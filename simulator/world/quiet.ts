import type { World } from './world.ts';

/** Longer than anything takes that heals by itself. */
const settleMs = 2 * 3_600_000;

/** Until every stream is read to its tip, nothing is on its way, the mails are settled and the windows have ended. */
export async function quiet(world: World): Promise<void> {
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
export function settleRegularly(world: World): { stop(): void } {
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
