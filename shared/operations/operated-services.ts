import type { Clock, Random } from '../batch/clock.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { Config } from '../runtime/config.ts';
import type { ConsumerDefinition } from '../runtime/consumer-definition.ts';
import { deadLetterStore } from '../runtime/dead-letters.ts';
import type { Connections, Services } from '../runtime/services.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';
import { countingRecords, silent } from './counted-outcomes.ts';
import { type DryTable, dryDynamoDb } from './dry-run/dry-dynamodb.ts';
import { drySearch } from './dry-run/dry-search.ts';
import { dryEmail, dryObjects, dryQueue } from './dry-run/dry-stores.ts';
import type { Plan, PlannedChange } from './dry-run/planned-change.ts';
import type { TargetRegion } from './target.ts';

/** A consumer as an operator runs it: its services, what its records came to, and in a dry run what it would change. */
export interface OperatedConsumer {
  readonly definition: ConsumerDefinition;
  readonly region: TargetRegion;
  readonly services: Services<keyof Connections>;
  /** Outcomes of records since the last call, by name: `applied`, `duplicate`, ... */
  takeOutcomes(): ReadonlyMap<string, number>;
}

export interface OperateOptions {
  readonly table: TableDefinition;
  readonly clock: Clock;
  readonly random: Random;
  /** Given in a dry run: nothing outside this process is changed, and what would be is told here. */
  readonly dryRun?: (change: PlannedChange) => void;
}

export function operateConsumer(
  definition: ConsumerDefinition,
  region: TargetRegion,
  options: OperateOptions,
): OperatedConsumer {
  const { clock, random } = options;
  const config = region.configOf(definition);
  const stores = failureStores(region, options);
  let outcomes = new Map<string, number>();
  const services: Services<keyof Connections> = {
    config,
    clock,
    random,
    log: silent,
    metrics: countingRecords((outcome, count) => outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + count)),
    deadLetters: deadLetterStore({ ...stores, clock, codeVersion: config.codeVersion }),
    ...connections(definition, { region, config, options }),
  };
  return {
    definition,
    region,
    services,
    takeOutcomes: () => {
      const taken = outcomes;
      outcomes = new Map();
      return taken;
    },
  };
}

/** Where dead letters and their notices go: for real, or in a dry run into memory. */
export function failureStores(region: TargetRegion, { dryRun }: Pick<OperateOptions, 'dryRun'>) {
  const { failures: objects, notices } = region;
  if (dryRun === undefined) return { objects, notices };
  const plan = planIn(region, dryRun);
  return { objects: dryObjects(objects, plan), notices: dryQueue(plan) };
}

function connections(
  definition: ConsumerDefinition,
  where: { readonly region: TargetRegion; readonly config: Config; readonly options: OperateOptions },
): Connections {
  const { region, config, options } = where;
  const real = region.connectionsOf(definition);
  const { dryRun, table, clock } = options;
  if (dryRun === undefined) return real;
  const tables = tablesOf(definition, { config, table });
  const searched = definition.uses.find((use) => use.kind === 'searchIndex');
  const mappings = searched && { [config.value(searched.variable)]: searchIndexFor(table).mappings };
  const plan = planIn(region, dryRun);
  const replica = definition.uses.find((use) => use.kind === 'replicaTable');
  const remote = replica && config.value(replica.regionVariable);
  const { nowMs } = clock;
  return {
    dynamodb: dryDynamoDb({ real: real.dynamodb, tables: tables.home, nowMs, plan }),
    remoteDynamodb: dryDynamoDb({
      real: real.remoteDynamodb,
      tables: tables.remote,
      nowMs,
      plan: planIn({ name: remote ?? region.name }, dryRun),
    }),
    search: drySearch({ real: real.search, mappings: mappings ?? {}, nowMs, plan }),
    email: dryEmail(real.email, plan),
    objects: dryObjects(real.objects, plan),
  };
}

function planIn({ name: region }: Pick<TargetRegion, 'name'>, dryRun: (change: PlannedChange) => void): Plan {
  return (change) => dryRun({ region, ...change });
}

function tablesOf(
  { uses }: ConsumerDefinition,
  { config, table }: { readonly config: Config; readonly table: TableDefinition },
): { readonly home: readonly DryTable[]; readonly remote: readonly DryTable[] } {
  const home = uses.flatMap((use): DryTable[] => {
    if (use.kind === 'table') return [{ ...use, name: config.value(use.variable), showsNumbers: true }];
    return use.kind === 'sourceTable' ? [{ ...table, name: config.value(use.variable), showsNumbers: false }] : [];
  });
  const remote = uses.flatMap((use): DryTable[] =>
    use.kind === 'replicaTable' ? [{ ...table, name: config.value(use.variable), showsNumbers: false }] : [],
  );
  return { home, remote };
}
