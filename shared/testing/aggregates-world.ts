import type { RecordOutcome } from '../batch/batch.ts';
import type { DeadLetter } from '../batch/dead-letter.ts';
import { processBatch } from '../batch/process-batch.ts';
import type { BatchResponse } from '../batch/response.ts';
import type { RangeSink } from '../batch/sink.ts';
import type { Change } from '../change/change.ts';
import { parseStreamRecord } from '../change/from-stream.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import { type Intercept, interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { Cursor } from '../sinks/aggregates/cut-transaction.ts';
import type { Deltas } from '../sinks/aggregates/deltas.ts';
import { aggregateEffects, contributionAfter } from '../sinks/aggregates/effects.ts';
import { type RedriveOutcome, redriveRecord } from '../sinks/aggregates/redrive.ts';
import { type FailedBatch, type RedrivenRecord, redriveBatch } from '../sinks/aggregates/redrive-batch.ts';
import { checkpointsTable, countersTable } from '../sinks/aggregates/resources.ts';
import { type AggregatesSinkDependencies, createAggregatesSink } from '../sinks/aggregates/sink.ts';
import type { TotalDefinition } from '../sinks/aggregates/total-definition.ts';
import { readTotals } from '../writer/read-totals.ts';
import type { StreamRecord } from './record-builder.ts';

export const tables = { counters: 'aggregates', checkpoints: 'aggregates-checkpoints' };

export const accountsTable: TableDefinition = {
  name: 'accounts',
  partitionKey: { name: 'id', type: 'S' },
  versionAttribute: '_v',
  tombstoneAttribute: '_deleted',
  entities: [
    {
      name: 'account',
      attributes: {
        id: { type: 'string', required: true },
        country: { type: 'string' },
        balance: { type: 'decimal' },
        openedAt: { type: 'timestamp' },
        status: { type: 'string' },
      },
    },
  ],
};

export const byCountry: TotalDefinition = {
  name: 'by-country',
  entity: 'account',
  by: { attribute: 'country' },
  sum: 'balance',
};

export const countEverything = aggregateEffects({ table: accountsTable, totals: [byCountry] });

/** How one invocation differs from an undisturbed one of the first shard. */
export interface Circumstances {
  readonly intercept?: Intercept;
  readonly effects?: (change: Change) => Deltas | undefined;
  readonly shardId?: string;
  readonly deadLettersFail?: boolean;
  /** Changes per cut at most, so that small batches have several cuts. */
  readonly cutLength?: number;
}

/** The aggregates consumer on in-memory DynamoDB and virtual time, with what its invocations left behind. */
export interface AggregatesWorld {
  readonly twin: DynamoDbTwin;
  readonly deadLetters: Map<string, DeadLetter>;
  readonly now: { ms: number };
  dependencies(circumstances?: Circumstances): AggregatesSinkDependencies;
  invoke(records: readonly StreamRecord[], circumstances?: Circumstances): Promise<Invocation>;
  redrive(record: StreamRecord, circumstances?: Circumstances): Promise<RedriveOutcome>;
  redriveFailureObject(records: readonly StreamRecord[], circumstances?: Circumstances): Promise<RedrivenRecord[]>;
  /** `DE: '2 accounts, 3.5'`; `(invalid)` for the group of the invalid. */
  totals(): Promise<Record<string, string>>;
}

export interface Invocation {
  readonly response: BatchResponse;
  /** Outcome by sequence number. */
  readonly outcomes: Record<string, RecordOutcome['kind']>;
}

export const firstShard = 'shardId-1';

export function aggregatesWorld(): AggregatesWorld {
  const now = { ms: Date.UTC(2026, 0, 1, 1) };
  const twin = dynamoDbTwin({ tables: [countersTable, checkpointsTable], nowMs: () => now.ms });
  const deadLetters = new Map<string, DeadLetter>();
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
    },
  };
  const dependencies = ({ intercept }: Circumstances = {}): AggregatesSinkDependencies => ({
    dynamodb: intercept ? interceptDynamoDb(twin, intercept) : twin,
    clock,
    random: () => 0.5,
    tables,
    contribution: contributionAfter({ table: accountsTable, totals: [byCountry] }),
  });
  const input = (records: readonly StreamRecord[], circumstances: Circumstances): FailedBatch =>
    batchOf(records, { circumstances, deadLetters });
  return {
    twin,
    deadLetters,
    now,
    dependencies,
    async invoke(records, circumstances = {}) {
      const outcomes: Invocation['outcomes'] = {};
      const response = await processBatch({
        ...input(records, circumstances),
        sink: sinkOf(dependencies(circumstances), circumstances),
        observe: ({ position, outcome }) => {
          outcomes[position.sequenceNumber] = outcome.kind;
        },
      });
      return { response, outcomes };
    },
    async redrive(record, circumstances = {}) {
      const { parse, effects, shardId } = input([record], circumstances);
      const change = parse(record);
      const { streamArn, sequenceNumber } = change.position;
      return redriveRecord(
        {
          shard: { streamArn, shardId },
          sequenceNumber,
          deltas: effects(change) ?? [],
          createdAtMs: Number(change.createdAt.microseconds / 1000n),
        },
        dependencies(circumstances),
      );
    },
    redriveFailureObject: async (records, circumstances = {}) => [
      ...(await redriveBatch(input(records, circumstances), dependencies(circumstances))),
    ],
    totals: () => totalsIn(twin),
  };
}

function sinkOf(
  dependencies: AggregatesSinkDependencies,
  { cutLength = Number.POSITIVE_INFINITY }: Circumstances,
): RangeSink<Deltas, Cursor> {
  const sink = createAggregatesSink(dependencies);
  return { ...sink, cutLength: (entries, cursor) => Math.min(cutLength, sink.cutLength(entries, cursor)) };
}

function batchOf(
  records: readonly StreamRecord[],
  { circumstances, deadLetters }: { circumstances: Circumstances; deadLetters: Map<string, DeadLetter> },
): FailedBatch {
  const { effects = countEverything, shardId = firstShard, deadLettersFail = false } = circumstances;
  return {
    records,
    shardId,
    parse: (record) => parseStreamRecord(record, { region: 'eu-central-1', shardId }),
    effects,
    consumer: 'aggregates',
    limits: { remainingMs: () => 60_000 },
    deadLetters: {
      store: async (deadLetter) => {
        if (deadLettersFail) throw new Error('S3 is down');
        deadLetters.set(deadLetter.position.sequenceNumber, deadLetter);
      },
    },
  };
}

async function totalsIn(twin: DynamoDbTwin): Promise<Record<string, string>> {
  const groups = await readTotals(twin, { tableName: tables.counters, total: byCountry.name });
  return Object.fromEntries(
    groups.map(({ group, count, sum }) => [
      group.kind === 'value' ? group.value : '(invalid)',
      `${count} accounts, ${sum}`,
    ]),
  );
}
