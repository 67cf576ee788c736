import type { TableDefinition } from '../../change/table-definition.ts';
import { effectsWithoutTombstones } from '../../change/tombstone.ts';
import type { Config } from '../../runtime/config.ts';
import { createHandler } from '../../runtime/create-handler.ts';
import type { Invoke, Services } from '../../runtime/services.ts';
import { interceptDynamoDb } from '../../services/dynamodb/intercept.ts';
import type { TableStream } from '../../services/dynamodb-streams/port.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import { readBuild } from '../../sinks/aggregates/generations.ts';
import { checkpointsTable, countersTable } from '../../sinks/aggregates/resources.ts';
import type { TotalsSource } from '../backfill/backfill.ts';
import type { AggregatesBuild } from '../build/aggregates-build.ts';
import { buildAggregates } from '../build/build-aggregates.ts';
import { failuresOfConsumer } from '../build/build-failures.ts';
import { createPace } from '../pace.ts';
import { compareGenerations } from './compare-generations.ts';

/** What a build looks at beside tables. */
export interface BuildPorts {
  readonly stream: TableStream;
  /** The bucket of dead letters and failure objects. */
  readonly failures: ObjectStore;
}

interface TotalsAuditOptions {
  readonly services: Services<'dynamodb'>;
  /** Loaded when a build is due, for most invocations find that none is. */
  readonly ports: () => Promise<BuildPorts>;
  readonly table: TableDefinition;
  /** The variable that holds the physical name of the table. */
  readonly tableVariable: string;
  /** The consumer whose totals are audited, and what it counts. */
  readonly audited: TotalsSource & { readonly name: string };
  /** From the beginning of one build to that of the next: each writes a row for every item of the table. */
  readonly everyMs: number;
  /** Items that the scan reads in a second at most. */
  readonly itemsPerS: number;
}

/** Left for the call under way. */
const MARGIN_MS = 30_000;

/**
 * Audits totals on schedule: when the last build began long enough ago, builds a generation beside what readers see,
 * tells by how many groups the two differ, and drops it. Readers never see it. An invocation whose time is over stops
 * between two calls, as if it were killed; the next one goes on there. It leaves alone what an operator builds.
 */
export function createTotalsAuditHandler(options: TotalsAuditOptions): Invoke<void> {
  const { services, ports, audited, everyMs } = options;
  const { dynamodb, random, metrics, config, log } = services;
  const tables = {
    counters: config.value(countersTable.variable),
    checkpoints: config.value(checkpointsTable.variable),
  };
  return createHandler({
    services,
    run: async (_event, context) => {
      const time = boundedBy(() => context.getRemainingTimeInMillis() < MARGIN_MS, services);
      const { phase, drop, startedAtMs } = await readBuild({ ...time, dynamodb, random, tables });
      const isUnderWay = phase.kind !== 'live' || drop !== undefined;
      if (!isUnderWay && time.clock.nowMs() - startedAtMs < everyMs) return;
      const aggregates = { ...time, random, tables };
      let differences: number | undefined;
      const build: AggregatesBuild = {
        ...buildFrom({ ...options, services: { ...services, ...time } }, await ports()),
        aggregates,
        isAudit: true,
        decide: async (generations) => {
          differences = (await compareGenerations(generations, { totals: audited.totals, aggregates })).length;
          return 'abandon';
        },
      };
      try {
        const { outcome, reason = '' } = await buildAggregates(build);
        if (outcome === 'refused') log.warn('The totals were not compared', { advice: reason });
      } catch (error) {
        if (!time.isOver()) throw error;
      } finally {
        if (differences !== undefined) metrics.add('AuditDifferences', differences);
      }
    },
  });
}

/** Every call and every pause is refused once the time is over: a build survives that anywhere. */
function boundedBy(isOver: () => boolean, { dynamodb, clock }: Services<'dynamodb'>) {
  const assertTime = () => {
    if (isOver()) throw new Error('the time of this invocation is over: the next one goes on');
  };
  return {
    isOver,
    dynamodb: interceptDynamoDb(dynamodb, (_call, proceed) => {
      assertTime();
      return proceed();
    }),
    clock: {
      nowMs: clock.nowMs,
      sleep: async (durationMs: number) => {
        assertTime();
        await clock.sleep(durationMs);
      },
    },
  };
}

function buildFrom(
  { services, table, tableVariable, audited, itemsPerS }: TotalsAuditOptions,
  { stream, failures }: BuildPorts,
): Omit<AggregatesBuild, 'aggregates' | 'decide'> {
  const { config, dynamodb, clock } = services;
  const { region } = config;
  return {
    source: { dynamodb, tableName: config.value(tableVariable), definition: table, stream, region },
    totals: audited.totals,
    effects: effectsWithoutTombstones(audited.effects, table),
    failures: failuresOfConsumer({ name: region, failures, consumerOf: consumerIn(config) }, audited.name),
    report: () => undefined,
    // How far behind the consumer is nobody tells here: it goes gently instead.
    pace: createPace({
      ...{ clock, itemsPerS, lagMaxMs: Number.POSITIVE_INFINITY },
      lagMs: async () => undefined,
      waiting: () => undefined,
    }),
  };
}

/** Functions of a stage are called by its name and their own. */
function consumerIn({ stage }: Config): (functionArn: string) => string | undefined {
  return (functionArn) => {
    const [, , , , , , name = ''] = functionArn.split(':');
    return name.startsWith(`${stage}-`) ? name.slice(stage.length + 1) : undefined;
  };
}
