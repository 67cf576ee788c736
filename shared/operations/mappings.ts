import { OperatorError } from './target.ts';

/** A mapping as its service tells of it. */
export interface MappingView {
  readonly region: string;
  readonly consumer: string;
  readonly state: MappingState;
  /** Records in the source that it has not dealt with, where that is known. */
  readonly behind?: number;
  /** Age of the oldest of them at most; 0 when there are none. Absent where nothing tells it. */
  readonly oldestMs?: number;
  /** How long a record waits for the consumer: then its mapping puts it aside. Its source keeps it longer. */
  readonly recordAgeMaxMs: number;
  /** Records dealt with since the pipeline was started, where somebody counts them. */
  readonly processed?: number;
  /** Records dealt with per second lately, where the service itself tells that. */
  readonly ratePerS?: number;
}

/** `pausing`: an invocation is under way, and no other will follow it. */
export type MappingState = 'running' | 'pausing' | 'paused' | 'stopped';

/** The mappings of a target. */
export interface Mappings {
  read(): Promise<readonly MappingView[]>;
  /** Resolves when no invocation is under way any more. The positions stay. */
  pause(mapping: MappingIdentity): Promise<void>;
  resume(mapping: MappingIdentity): Promise<void>;
}

export type MappingIdentity = Pick<MappingView, 'region' | 'consumer'>;

export interface SwitchedMapping extends MappingIdentity {
  readonly from: MappingState;
  readonly to: MappingState;
}

/**
 * Pauses or resumes a consumer in every region, or in one. Safe to repeat.
 *
 * @throws {OperatorError} naming the consumers that have a mapping
 */
export async function switchMappings(
  mappings: Mappings,
  wanted: {
    readonly consumer: string;
    readonly region?: string;
    readonly to: 'running' | 'paused';
    readonly dryRun: boolean;
  },
): Promise<readonly SwitchedMapping[]> {
  const { consumer, region, to, dryRun } = wanted;
  const all = await mappings.read();
  const chosen = all.filter((each) => each.consumer === consumer && (region === undefined || each.region === region));
  if (chosen.length === 0) {
    const known = [...new Set(all.map((each) => `${each.consumer} in ${each.region}`))].join(', ');
    const where = region === undefined ? '' : ` in ${region}`;
    throw new OperatorError(`There is no mapping of "${consumer}"${where}. There are ${known}.`);
  }
  for (const mapping of dryRun ? [] : chosen) await mappings[to === 'paused' ? 'pause' : 'resume'](mapping);
  return chosen.map(({ state, ...identity }) => ({
    region: identity.region,
    consumer: identity.consumer,
    from: state,
    to,
  }));
}
