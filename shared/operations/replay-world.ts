import type { DeadLetter } from '../batch/dead-letter.ts';
import type { RecordedBatch } from '../batch/recorded-batch.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { Config } from '../runtime/config.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import { variablesOf } from '../runtime/resource-variables.ts';
import type { Connections, Services } from '../runtime/services.ts';
import { toItem } from '../services/dynamodb/image.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { SearchService } from '../services/opensearch/port.ts';
import { createSearchTwin } from '../services/opensearch/twin.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import { objectStoreTwin } from '../services/s3/twin.ts';
import { createSesTwin, type SesTwin } from '../services/ses/twin.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';
import { countingRecords, silent } from './counted-outcomes.ts';
import { newestImages } from './replay-items.ts';

/** Every service that a consumer can use, empty and in memory. */
export interface ReplayWorld {
  readonly services: Services<keyof Connections>;
  readonly dynamodb: DynamoDbTwin;
  readonly search: SearchService;
  readonly email: SesTwin;
  readonly objects: ObjectStore;
  readonly deadLetters: readonly DeadLetter[];
  /** Sets time and source table to where the batch was recorded; answers the outcomes that it will be counted in. */
  startBatch(batch: RecordedBatch, timeMs: number): Promise<Readonly<Record<string, number>>>;
}

const region = 'replay';
const otherRegion = 'replay-other';

export function createReplayWorld({
  definition,
  table,
  nowMs,
}: {
  definition: StreamConsumerDefinition;
  table: TableDefinition;
  nowMs: number;
}): ReplayWorld {
  let timeMs = nowMs;
  let outcomes: Record<string, number> = {};
  let mails = 0;
  const deadLetters: DeadLetter[] = [];
  const clock = { nowMs: () => timeMs, sleep: async () => undefined };
  const { index, mappings } = searchIndexFor(table);
  const tables = definition.uses.filter((use) => use.kind === 'table');
  const dynamodb = dynamoDbTwin({ tables: [...tables, table], nowMs: clock.nowMs });
  const search = createSearchTwin({ mappings: { [index]: mappings }, nowMs: clock.nowMs });
  const objects = objectStoreTwin();
  const email = createSesTwin({ clock, newMessageId: () => `replay-mail-${++mails}` });
  const services: Services<keyof Connections> = {
    config: configOf(definition, { table, index }),
    deadLetters: { store: async (deadLetter) => void deadLetters.push(deadLetter) },
    clock,
    random: repeatableRandom(),
    log: silent,
    metrics: countingRecords((outcome, count) => {
      outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    }),
    dynamodb,
    remoteDynamodb: dynamoDbTwin({ tables: [table], nowMs: clock.nowMs, region: otherRegion }),
    search,
    email,
    objects,
  };
  return {
    services,
    dynamodb,
    search,
    email,
    objects,
    deadLetters,
    startBatch: async (batch, toMs) => {
      timeMs = toMs;
      outcomes = {};
      for (const { keys, image } of newestImages(batch, { table, region })) {
        try {
          if (image === undefined) await dynamodb.deleteItem({ TableName: table.name, Key: toItem(keys) });
          else await dynamodb.putItem({ TableName: table.name, Item: toItem(image) });
        } catch {
          // All that a table in memory refuses is what none can hold, such as an image without its key. The consumer
          // says of its record what it is.
        }
      }
      return outcomes;
    },
  };
}

function configOf(
  { name, uses }: StreamConsumerDefinition,
  { table, index }: { table: TableDefinition; index: string },
) {
  const physical = {
    sourceTable: table.name,
    replica: {
      table: table.name,
      region: otherRegion,
      endpoint: 'http://replay.invalid',
      mode: 'active-active' as const,
    },
    index,
    searchEndpoint: 'http://replay.invalid',
    sender: 'replay@tributary.example',
    configurationSet: 'replay',
    onSilence: 'park' as const,
  };
  const values = new Map(uses.flatMap((use) => Object.entries(variablesOf(use, physical))));
  const config: Config = {
    consumer: name,
    region,
    stage: 'replay',
    codeVersion: 'replay',
    deadLetters: { bucket: 'replay', queueUrl: 'http://replay.invalid' },
    value: (variable) => values.get(variable) ?? '',
  };
  return config;
}

/** The same values at every replay, and never the same twice: tokens are made of them. */
function repeatableRandom(): () => number {
  const goldenRatio = (Math.sqrt(5) - 1) / 2;
  let draws = 0;
  return () => {
    draws += 1;
    return (draws * goldenRatio) % 1;
  };
}
