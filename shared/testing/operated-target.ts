import type { TableDefinition } from '../change/table-definition.ts';
import type { Target, TargetRegion } from '../operations/target.ts';
import { readConfig } from '../runtime/config.ts';
import type { ConsumerDefinition } from '../runtime/consumer-definition.ts';
import { variablesOf } from '../runtime/resource-variables.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import { createSearchTwin, type SearchTwin } from '../services/opensearch/twin.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import { objectStoreTwin } from '../services/s3/twin.ts';
import type { OutgoingEmail } from '../services/ses/port.ts';
import { type QueueTwin, queueTwin } from '../services/sqs/twin.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';

/** One region of a pipeline in memory, as an operator meets it, and what stands in it. */
export interface OperatedTarget {
  readonly target: Target;
  readonly region: TargetRegion;
  readonly now: { ms: number };
  readonly clock: { nowMs(): number; sleep(durationMs: number): Promise<void> };
  readonly dynamodb: DynamoDbTwin;
  readonly remoteDynamodb: DynamoDbTwin;
  readonly search: SearchTwin;
  readonly index: string;
  readonly sent: readonly OutgoingEmail[];
  readonly failures: ObjectStore;
  readonly notices: QueueTwin;
  readonly archive: ObjectStore;
}

export const operatedRegion = 'eu-central-1';

export function operatedTarget(options: {
  readonly table: TableDefinition;
  readonly registry: readonly ConsumerDefinition[];
}): OperatedTarget {
  const { table, registry } = options;
  const now = { ms: Date.UTC(2026, 0, 1, 12) };
  const clock = { nowMs: () => now.ms, sleep: async () => undefined };
  const { index, mappings } = searchIndexFor(table);
  const uses = registry.flatMap((definition) => definition.uses).filter((use) => use.kind === 'table');
  const tables = [...new Map(uses.map((use) => [use.name, use])).values()];
  const dynamodb = dynamoDbTwin({ tables: [...tables, table], nowMs: clock.nowMs });
  const remoteDynamodb = dynamoDbTwin({ tables: [table], nowMs: clock.nowMs });
  const search = createSearchTwin({ mappings: { [index]: mappings }, nowMs: clock.nowMs });
  const failures = objectStoreTwin();
  const archive = objectStoreTwin();
  const notices = queueTwin();
  const sent: OutgoingEmail[] = [];
  const email = {
    send: async (mail: OutgoingEmail) => {
      sent.push(mail);
      return { kind: 'accepted', messageId: `mail-${sent.length}` } as const;
    },
    quota: async () => ({ enabled: true, maxPerSecond: 10, perDay: 1000, remaining: 1000 }),
  };
  const region: TargetRegion = {
    name: operatedRegion,
    consumers: registry,
    failures,
    notices,
    stream: { shards: async () => [], read: async function* () {} },
    itemCount: async () => dynamodb.items(table.name).length,
    configOf: (definition) => readConfig(definition, environmentOf(definition, { table, index })),
    indexAdminOf: () => search.admin,
    connectionsOf: () => ({ dynamodb, remoteDynamodb, search, email, objects: archive }),
    consumerOf: (functionArn) => registry.find(({ name }) => functionArn.endsWith(`:${name}`))?.name,
  };
  const target = { name: 'twins', regions: [region] };
  return { target, region, now, clock, dynamodb, remoteDynamodb, search, index, sent, failures, notices, archive };
}

function environmentOf(definition: ConsumerDefinition, { table, index }: { table: TableDefinition; index: string }) {
  const physical = {
    sourceTable: table.name,
    replica: {
      table: table.name,
      region: 'eu-west-1',
      endpoint: 'http://replica.invalid',
      mode: 'active-active' as const,
    },
    index,
    searchEndpoint: 'http://search.invalid',
    sender: 'welcome@tributary.example',
    configurationSet: 'emails',
    onSilence: 'park' as const,
  };
  return {
    AWS_REGION: operatedRegion,
    TRIBUTARY_STAGE: 'test',
    DEAD_LETTER_BUCKET: 'failures',
    DEAD_LETTER_QUEUE_URL: 'http://queue.invalid',
    ...Object.assign({}, ...definition.uses.map((use) => variablesOf(use, physical))),
  };
}
