import { beforeEach, describe, expect, it } from 'vitest';
import { entityOf } from '../shared/change/entity.ts';
import { validateAttributes } from '../shared/change/validate-attributes.ts';
import type { FunctionDefinition } from '../shared/runtime/consumer-definition.ts';
import type { MetricName } from '../shared/runtime/metrics.ts';
import { variablesOf } from '../shared/runtime/resource-variables.ts';
import type { Invoke } from '../shared/runtime/services.ts';
import { toImage } from '../shared/services/dynamodb/image.ts';
import { dynamoDbTwin, type TableChange } from '../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { createSearchTwin } from '../shared/services/opensearch/twin.ts';
import { createSesTwin } from '../shared/services/ses/twin.ts';
import { checkpointsTable, countersTable } from '../shared/sinks/aggregates/resources.ts';
import { ledgerTable, suppressionTable } from '../shared/sinks/email-ledger/resources.ts';
import { conflictsTable } from '../shared/sinks/replica/resources.ts';
import { searchIndexFor } from '../shared/sinks/search-index/resources.ts';
import { baseServices } from '../shared/testing/base-services.ts';
import { kinesisRecords } from '../shared/testing/record-builder.ts';
import { toStored } from '../shared/writer/plain-item.ts';
import { definition as aggregates } from './aggregates/definition.ts';
import { create as createAggregates } from './aggregates/handler.ts';
import { totals } from './aggregates/totals.ts';
import { definition as canaryAggregates } from './canary-aggregates/definition.ts';
import { create as createCanaryAggregates } from './canary-aggregates/handler.ts';
import { definition as canaryEmail } from './canary-email/definition.ts';
import { create as createCanaryEmail } from './canary-email/handler.ts';
import { definition as canaryReplica } from './canary-replica/definition.ts';
import { create as createCanaryReplica } from './canary-replica/handler.ts';
import { definition as canarySearch } from './canary-search/definition.ts';
import { create as createCanarySearch } from './canary-search/handler.ts';
import { canaryTotal, canaryUser } from './canary-user.ts';
import { definition as replicator } from './replicator/definition.ts';
import { create as createReplicator } from './replicator/handler.ts';
import { definition as searchIndex } from './search-index/definition.ts';
import { create as createSearchIndex } from './search-index/handler.ts';
import { table } from './table.ts';
import { definition as welcomeEmail } from './welcome-email/definition.ts';
import { create as createWelcomeEmail } from './welcome-email/handler.ts';

const { index, mappings } = searchIndexFor(table);
const physical = {
  sourceTable: table.name,
  replica: { table: table.name, region: 'us-east-1', endpoint: 'http://127.0.0.1', mode: 'active-active' as const },
  index,
  searchEndpoint: 'http://127.0.0.1',
  sender: 'welcome@tributary.example',
  configurationSet: 'emails',
  onSilence: 'park' as const,
};

/** The pipeline in virtual time: a change of the table reaches its consumer after a while. */
function pipeline(delayMs: number) {
  let nowMs = Date.UTC(2026, 0, 1);
  const onItsWay: { readonly atMs: number; readonly deliver: () => Promise<unknown> }[] = [];
  const emitted: Partial<Record<MetricName, number>> = {};
  let consume: (change: TableChange) => Promise<unknown> = async () => undefined;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (durationMs: number) => {
      nowMs += durationMs;
      while (onItsWay[0] !== undefined && onItsWay[0].atMs <= nowMs) await onItsWay.shift()?.deliver();
    },
  };
  const tables = [table, countersTable, checkpointsTable, ledgerTable, suppressionTable, conflictsTable];
  const dynamodb = dynamoDbTwin({
    tables,
    nowMs: clock.nowMs,
    onChange: (change) => {
      if (change.tableName !== table.name) return;
      onItsWay.push({ atMs: nowMs + delayMs, deliver: () => consume(change) });
    },
  });
  const connections = {
    dynamodb,
    remoteDynamodb: dynamoDbTwin({ tables, nowMs: clock.nowMs }),
    search: createSearchTwin({ mappings: { [index]: mappings }, nowMs: clock.nowMs }),
    email: createSesTwin({ clock, newMessageId: () => 'message' }),
  };
  const servicesOf = (definition: FunctionDefinition) => ({
    ...baseServices({
      consumer: definition.name,
      values: Object.assign({}, ...definition.uses.map((resource) => variablesOf(resource, physical))),
    }),
    ...connections,
    clock,
    metrics: {
      add: (name: MetricName, value: number) => {
        emitted[name] = value;
      },
      flush: () => undefined,
    },
  });
  const invoke = async (handler: Invoke, event: unknown = {}, timeoutS = 60) => {
    const endsAtMs = nowMs + timeoutS * 1000;
    return handler(event, { awsRequestId: 'r', getRemainingTimeInMillis: () => endsAtMs - nowMs });
  };
  return {
    ...{ servicesOf, invoke, emitted, dynamodb, connections, clock },
    /** Which function the changes go to. */
    feed: (consumer: (change: TableChange) => Promise<unknown>) => {
      consume = consumer;
    },
  };
}

const kinesis = kinesisRecords();

function kinesisEvent({ record, createdAtMs }: TableChange) {
  const { Keys: _keys, NewImage, OldImage } = record.dynamodb;
  const images = { ...(NewImage && { NewImage }), ...(OldImage && { OldImage }), Keys: record.dynamodb.Keys };
  const at = { createdAtMicroseconds: BigInt(createdAtMs) * 1000n };
  return { Records: [kinesis.record({ eventName: record.eventName, ...images }, at)] };
}

let world: ReturnType<typeof pipeline>;

beforeEach(() => {
  world = pipeline(2_000);
});

describe('a canary sees its effect as soon as the consumer has made it', () => {
  it('in the aggregates, minute after minute', async () => {
    const consumer = createAggregates(world.servicesOf(aggregates));
    world.feed(({ record }) => world.invoke(consumer, { Records: [record], shardId: 'shardId-1' }));
    const canary = createCanaryAggregates(world.servicesOf(canaryAggregates));
    for (let minute = 0; minute < 3; minute += 1) {
      await world.invoke(canary, {}, canaryAggregates.timeoutS);
      expect(world.emitted.FreshnessAggregatesMs).toBe(2_000);
      await world.clock.sleep(58_000);
    }
  });

  it('in the search index, minute after minute', async () => {
    const consumer = createSearchIndex(world.servicesOf(searchIndex));
    world.feed((change) => world.invoke(consumer, kinesisEvent(change)));
    const canary = createCanarySearch(world.servicesOf(canarySearch));
    for (let minute = 0; minute < 3; minute += 1) {
      await world.invoke(canary, {}, canarySearch.timeoutS);
      expect(world.emitted.FreshnessSearchMs).toBe(2_000);
      await world.clock.sleep(58_000);
    }
  });

  it('in the other region, minute after minute', async () => {
    const consumer = createReplicator(world.servicesOf(replicator));
    world.feed(({ record }) => world.invoke(consumer, { Records: [record] }));
    const canary = createCanaryReplica(world.servicesOf(canaryReplica));
    for (let minute = 0; minute < 3; minute += 1) {
      await world.invoke(canary, {}, canaryReplica.timeoutS);
      expect(world.emitted.FreshnessReplicaMs).toBe(2_000);
      await world.clock.sleep(58_000);
    }
  });

  it('in the ledger, with one email to the simulator for each run and no user left behind', async () => {
    const consumer = createWelcomeEmail(world.servicesOf(welcomeEmail));
    world.feed((change) => world.invoke(consumer, kinesisEvent(change)));
    const canary = createCanaryEmail(world.servicesOf(canaryEmail));
    for (let run = 0; run < 2; run += 1) {
      await world.invoke(canary, {}, canaryEmail.timeoutS);
      expect(world.emitted.FreshnessEmailMs).toBe(2_000);
      await world.clock.sleep(298_000);
    }
    const mails = world.connections.email.ses.outbox();
    expect(mails.map(({ to }) => to)).toEqual(Array(2).fill('success@simulator.amazonses.com'));
    expect(world.dynamodb.items(table.name).every((item) => item[table.tombstoneAttribute]?.BOOL === true)).toBe(true);
  });
});

describe('a canary user', () => {
  const user = toImage(toStored({ ...canaryUser('canary-search-eu-west-1', 1) }));

  it('is an item as the table wants it', () => {
    const entity = entityOf(table, user);
    if (entity === undefined) throw new Error('the canary is of no entity of the table');
    const names = Object.keys(user);
    expect(() => validateAttributes({ table, entity, image: user, names, path: 'user' })).not.toThrow();
  });

  it('counts in the total that is looked at', () => {
    expect(totals.find(({ name }) => name === canaryTotal)).toMatchObject({ by: { attribute: 'country' } });
  });
});
