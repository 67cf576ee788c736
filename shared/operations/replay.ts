import type { DeadLetter } from '../batch/dead-letter.ts';
import type { AttributeMap } from '../change/attribute-value.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { Config } from '../runtime/config.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import type { StreamResponse } from '../runtime/create-stream-handler.ts';
import type { Log } from '../runtime/log.ts';
import { catalogued, type Metrics } from '../runtime/metrics.ts';
import { variablesOf } from '../runtime/resource-variables.ts';
import type { Connections, Invoke, Services } from '../runtime/services.ts';
import { toImage } from '../services/dynamodb/image.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { SearchService } from '../services/opensearch/port.ts';
import { createSearchTwin } from '../services/opensearch/twin.ts';
import { createSesTwin, type SesTwin } from '../services/ses/twin.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';
import type { RecordedBatch } from './recorded-batch.ts';
import { arrivalOf, eventOf } from './replay-event.ts';

export interface ReplayOptions {
  readonly definition: StreamConsumerDefinition;
  /** The consumer's own handler, as it is deployed. */
  readonly create: (services: Services<keyof Connections>) => Invoke<StreamResponse>;
  readonly table: TableDefinition;
  readonly batches: readonly RecordedBatch[];
  /** Time of the replay where the batches do not tell when they arrived. */
  readonly nowMs: number;
}

export interface ReplayResult {
  readonly batches: readonly ReplayedBatch[];
  /** What the consumer left behind on empty services. */
  readonly effects: readonly Effect[];
}

export interface ReplayedBatch {
  readonly records: number;
  /** Sequence number from which Lambda would deliver again; absent when all is resolved. */
  readonly unresolvedFrom?: string;
  /** Records by what became of them, by metric name. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export type Effect =
  | { readonly kind: 'row'; readonly table: string; readonly item: AttributeMap }
  | { readonly kind: 'document'; readonly id: string; readonly document: Readonly<Record<string, unknown>> }
  | { readonly kind: 'email'; readonly to: string; readonly subject: string }
  | { readonly kind: 'deadLetter'; readonly sequenceNumber: string; readonly code: string; readonly message: string };

/**
 * Runs recorded batches through a consumer on twins: nothing outside this process is touched, and the same batches
 * give the same result, because time stands where the batches were recorded.
 */
export async function replay(options: ReplayOptions): Promise<ReplayResult> {
  const world = createWorld(options);
  const handler = options.create(world.services);
  const batches: ReplayedBatch[] = [];
  for (const batch of options.batches) {
    world.setTime(arrivalOf(batch) ?? options.nowMs);
    const outcomes = world.startCounting();
    const response = await handler(eventOf(batch, options.definition), {
      awsRequestId: `replay-${batches.length + 1}`,
      getRemainingTimeInMillis: () => options.definition.timeoutS * 1000,
    });
    const unresolvedFrom = response.batchItemFailures[0]?.itemIdentifier;
    batches.push({
      records: batch.records.length,
      outcomes,
      ...(unresolvedFrom === undefined ? {} : { unresolvedFrom }),
    });
  }
  return { batches, effects: await world.effects() };
}

function createWorld({ definition, table, nowMs }: ReplayOptions) {
  let timeMs = nowMs;
  let outcomes: Record<string, number> = {};
  const deadLetters: DeadLetter[] = [];
  const clock = { nowMs: () => timeMs, sleep: async () => undefined };
  const { index, mappings } = searchIndexFor(table);
  const tables = definition.uses.filter((use) => use.kind === 'table');
  const dynamodb = dynamoDbTwin({ tables: [...tables, table], nowMs: clock.nowMs });
  const search = createSearchTwin({ mappings: { [index]: mappings }, nowMs: clock.nowMs });
  let mails = 0;
  const email = createSesTwin({ clock, newMessageId: () => `replay-mail-${++mails}` });
  const services: Services<keyof Connections> = {
    config: configOf(definition, { table, index }),
    deadLetters: { store: async (deadLetter) => void deadLetters.push(deadLetter) },
    clock,
    random: () => 0.5,
    log: silent,
    metrics: counting((name, value) => {
      if (name.startsWith('Records')) outcomes[name] = (outcomes[name] ?? 0) + value;
    }),
    dynamodb,
    search,
    email,
  };
  return {
    services,
    setTime: (toMs: number) => {
      timeMs = toMs;
    },
    startCounting: () => {
      outcomes = {};
      return outcomes;
    },
    effects: () => effectsOf({ tables: tables.map(({ name }) => name), dynamodb, search, index, email, deadLetters }),
  };
}

async function effectsOf(left: {
  tables: readonly string[];
  dynamodb: DynamoDbTwin;
  search: SearchService;
  index: string;
  email: SesTwin;
  deadLetters: readonly DeadLetter[];
}): Promise<readonly Effect[]> {
  const rows = left.tables.flatMap((table) =>
    left.dynamodb.items(table).map((item): Effect => ({ kind: 'row', table, item: toImage(item) })),
  );
  const found = await left.search.search({ index: left.index, filters: [], limit: 10_000 });
  const documents = found.map(({ id, document }): Effect => ({ kind: 'document', id, document }));
  const mails = left.email.ses.outbox().map(({ to, subject }): Effect => ({ kind: 'email', to, subject }));
  const letters = left.deadLetters.map(
    ({ position, error }): Effect => ({ kind: 'deadLetter', sequenceNumber: position.sequenceNumber, ...error }),
  );
  return [...rows, ...documents, ...mails.toReversed(), ...letters];
}

function configOf(
  { name, uses }: StreamConsumerDefinition,
  { table, index }: { table: TableDefinition; index: string },
) {
  const physical = {
    sourceTable: table.name,
    index,
    searchEndpoint: 'http://replay.invalid',
    sender: 'replay@tributary.example',
  };
  const values = new Map(uses.flatMap((use) => Object.entries(variablesOf(use, physical))));
  const config: Config = {
    consumer: name,
    region: 'replay',
    stage: 'replay',
    codeVersion: 'replay',
    deadLetters: { bucket: 'replay', queueUrl: 'http://replay.invalid' },
    value: (variable) => values.get(variable) ?? '',
  };
  return config;
}

function counting(add: (name: string, value: number) => void): Metrics {
  return catalogued({ add, flush: () => undefined });
}

const silent: Log = {
  startInvocation: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};
