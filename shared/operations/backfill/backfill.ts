import type { Clock, Random } from '../../batch/clock.ts';
import type { Change } from '../../change/change.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { Deltas } from '../../sinks/aggregates/deltas.ts';
import type { TotalDefinition } from '../../sinks/aggregates/total-definition.ts';
import type { BuildProgress, BuildResult } from '../build/aggregates-build.ts';
import type { CreateCopies } from '../copies/item-copies.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import type { Mappings } from '../mappings.ts';
import { OperatorError, type Target, type TargetRegion } from '../target.ts';
import type { CopiesProgress } from './backfill-copies.ts';
import type { CopiesResult } from './walk-store.ts';

/** How the consumers take a whole table: the registry, and beside it what each keeps. */
export interface BackfillSources {
  /** Consumers that keep something of each item, by name. */
  readonly copies: Readonly<Record<string, CreateCopies>>;
  /** Consumers that add items up, by name. */
  readonly totals: Readonly<Record<string, TotalsSource>>;
}

export interface TotalsSource {
  readonly totals: readonly TotalDefinition[];
  readonly effects: (change: Change) => Deltas | undefined;
}

/** What every walk through the table of a target needs. */
export interface WalkOptions {
  readonly target: Target;
  /** In one region instead of all. */
  readonly region?: string;
  readonly table: TableDefinition;
  readonly sources: BackfillSources;
  readonly clock: Clock;
  readonly random: Random;
  /** Absent where nobody can tell how far consumers are behind. */
  readonly mappings?: Pick<Mappings, 'read'>;
  /** Items a second at most, in each region. */
  readonly itemsPerS?: number;
  /** Beyond this lag of the live consumer the walk waits. */
  readonly lagMaxMs: number;
  readonly report: (progress: WalkProgress) => void;
  /** Given in a dry run. */
  readonly dryRun?: (change: PlannedChange) => void;
}

export type WalkProgress = { readonly region: string; readonly consumer: string } & (
  | BuildProgress
  | CopiesProgress
  | { readonly step: 'comparing'; readonly items: number }
  | { readonly step: 'settling' | 'repairing'; readonly suspects: number }
  | { readonly step: 'lagging'; readonly lagMs: number }
);

export type BackfillResult = { readonly region: string; readonly consumer: string } & (
  | ({ readonly kind: 'copies' } & CopiesResult)
  | ({ readonly kind: 'totals' } & (BuildResult | PlannedBuild))
);

/** Of a dry run. */
export interface PlannedBuild {
  readonly outcome: 'planned' | 'refused';
  readonly generation: number;
  readonly reason?: string;
}

/** The regions that a command is about. @throws {OperatorError} naming those that there are */
export function regionsOf({ target, region }: Pick<WalkOptions, 'target' | 'region'>): readonly TargetRegion[] {
  const chosen = target.regions.filter(({ name }) => region === undefined || name === region);
  if (chosen.length > 0) return chosen;
  const known = target.regions.map(({ name }) => name).join(', ');
  throw new OperatorError(`${target.name} has no region "${region}". There are ${known}.`);
}

/** Names of consumers that can be chosen. @throws {OperatorError} naming those that there are */
export function chosenNames(consumer: string, names: readonly string[]): readonly string[] {
  if (consumer === 'all') return names;
  if (names.includes(consumer)) return [consumer];
  throw new OperatorError(`Not "${consumer}": choose one of ${names.join(', ')}, or all.`);
}
