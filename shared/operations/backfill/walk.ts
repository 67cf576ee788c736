import type { TableDefinition } from '../../change/table-definition.ts';
import { effectsWithoutTombstones } from '../../change/tombstone.ts';
import type { AggregatesDependencies } from '../../sinks/aggregates/checkpoints.ts';
import { checkpointsTable, countersTable } from '../../sinks/aggregates/resources.ts';
import type { AggregatesBuild } from '../build/aggregates-build.ts';
import { failuresOfConsumer } from '../build/build-failures.ts';
import type { MappingView } from '../mappings.ts';
import type { OperatedConsumer } from '../operated-services.ts';
import { createPace, type Pace } from '../pace.ts';
import { userOfKind } from '../resource-users.ts';
import { assertNotPaused } from '../resting-consumer.ts';
import type { ReadTable } from '../table-pages.ts';
import { OperatorError, type TargetRegion } from '../target.ts';
import type { TotalsSource, WalkOptions } from './backfill.ts';
import { withPatience } from './patience.ts';
import { forgetfulStore, type WalkStore, walkStore } from './walk-store.ts';

/** A consumer whose table is walked through. */
export interface Walk {
  readonly operated: OperatedConsumer;
  readonly options: WalkOptions;
}

/** The users' table, through the first consumer that is told where it is. */
export function sourceTableOf(region: TargetRegion, definition: TableDefinition): ReadTable {
  const user = userOfKind(region, 'sourceTable');
  if (user === undefined) throw new OperatorError(`No consumer in ${region.name} knows the table.`);
  const { config, connections, use } = user;
  return { dynamodb: connections.dynamodb, tableName: config.value(use.variable), definition };
}

/** Where the walk of one command through the table leaves its progress. */
export function progressOf<State>({ operated, options }: Walk, command: string): WalkStore<State> {
  if (options.dryRun !== undefined) return forgetfulStore();
  return walkStore(operated.region.failures, `${command}-${operated.definition.name}`);
}

/** Trouble that passes is waited for. */
export function patiently<Result>(work: () => Promise<Result>, { operated, options }: Walk): Promise<Result> {
  const { clock, random, report } = options;
  const where = { region: operated.region.name, consumer: operated.definition.name };
  return withPatience(work, { clock, random, repeating: (reason) => report({ ...where, step: 'repeating', reason }) });
}

/**
 * How the live consumer does; undefined where nobody can tell.
 *
 * @throws {RestingConsumerError} when it is paused: whoever waits for it would wait for ever
 */
export async function liveConsumer({ operated, options }: Walk): Promise<MappingView | undefined> {
  const all = (await options.mappings?.read()) ?? [];
  const mine = all.find(
    ({ region, consumer }) => region === operated.region.name && consumer === operated.definition.name,
  );
  assertNotPaused(mine);
  return mine;
}

export function paceOf(walk: Walk): Pace {
  const { operated, options } = walk;
  const { clock, itemsPerS, lagMaxMs, report } = options;
  const where = { region: operated.region.name, consumer: operated.definition.name };
  return createPace({
    ...{ clock, lagMaxMs },
    ...(itemsPerS === undefined ? {} : { itemsPerS }),
    lagMs: async () => (await liveConsumer(walk))?.oldestMs,
    waiting: (lagMs) => report({ ...where, step: 'lagging', lagMs }),
  });
}

export function aggregatesOf({ services }: OperatedConsumer): AggregatesDependencies {
  const { config, dynamodb, clock, random } = services;
  const tables = {
    counters: config.value(countersTable.variable),
    checkpoints: config.value(checkpointsTable.variable),
  };
  return { dynamodb, clock, random, tables };
}

export function buildOf(
  walk: Walk,
  { totals, effects, decide }: TotalsSource & Pick<AggregatesBuild, 'decide'>,
): AggregatesBuild {
  const { operated, options } = walk;
  const { region, definition } = operated;
  const { table, report } = options;
  return {
    aggregates: aggregatesOf(operated),
    source: { ...sourceTableOf(region, table), stream: region.stream, region: region.name },
    totals,
    effects: effectsWithoutTombstones(effects, table),
    failures: failuresOfConsumer(region, definition.name),
    decide,
    report: (progress) => report({ region: region.name, consumer: definition.name, ...progress }),
    pace: paceOf(walk),
  };
}
