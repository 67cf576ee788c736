import type { Clock } from '../batch/clock.ts';
import { countFailures } from './count-failures.ts';
import type { MappingState, Mappings, MappingView } from './mappings.ts';
import type { FailureKeeper } from './target.ts';

/** How one consumer does in one region. */
export interface ConsumerStatus {
  readonly region: string;
  readonly consumer: string;
  readonly state: MappingState;
  /** Until the oldest record that is not dealt with is put aside; absent while there is none. */
  readonly hoursUntilLoss?: number;
  /** Age of that record at most; absent where a paused mapping does not tell it. */
  readonly lagMs?: number;
  /** Absent where nothing counts them. */
  readonly behind?: number;
  /** Records dealt with per second; absent where nothing counts them. */
  readonly rate?: number;
  /** Pending ones. Absent where there are failures that the caller may not read. */
  readonly deadLetters?: number;
  /** Pending ones: batches that the mapping gave up on. Absent as above. */
  readonly failureObjects?: number;
}

export interface StatusOptions {
  readonly target: { readonly regions: readonly FailureKeeper[] };
  readonly mappings: Mappings;
  readonly clock: Clock;
  /** How long records are counted for the rate. */
  readonly measureMs: number;
}

const hourMs = 3_600_000;

/** Every consumer that has a mapping, in every region. Reads the services twice, `measureMs` apart; changes nothing. */
export async function readStatus(options: StatusOptions): Promise<readonly ConsumerStatus[]> {
  const { target, mappings, clock, measureMs } = options;
  const beganMs = clock.nowMs();
  const before = await mappings.read();
  const failures = new Map<string, Awaited<ReturnType<typeof countFailures>>>();
  for (const keeper of target.regions) failures.set(keeper.name, await countFailures(keeper));
  await clock.sleep(Math.max(0, measureMs - (clock.nowMs() - beganMs)));
  const seconds = Math.max(1, clock.nowMs() - beganMs) / 1000;
  const now = await mappings.read();
  return now.map((mapping) => {
    const { region, consumer, state, behind, oldestMs, recordAgeMaxMs } = mapping;
    const earlier = before.find((each) => each.region === region && each.consumer === consumer);
    const counted = failures.get(region);
    return {
      ...{ region, consumer, state },
      ...(behind === undefined ? {} : { behind }),
      ...(oldestMs === undefined ? {} : { lagMs: oldestMs }),
      ...(oldestMs === undefined || behind === 0 || (behind === undefined && oldestMs === 0)
        ? {}
        : { hoursUntilLoss: Math.max(0, recordAgeMaxMs - oldestMs) / hourMs }),
      ...rateOf(mapping, earlier, seconds),
      ...(counted === undefined ? {} : (counted.get(consumer) ?? { deadLetters: 0, failureObjects: 0 })),
    };
  });
}

function rateOf(now: MappingView, before: MappingView | undefined, seconds: number): { rate?: number } {
  if (now.ratePerS !== undefined) return { rate: now.ratePerS };
  if (now.processed === undefined) return {};
  return { rate: Math.max(0, now.processed - (before?.processed ?? now.processed)) / seconds };
}
