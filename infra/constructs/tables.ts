import { CfnGlobalTable, CfnTable } from 'aws-cdk-lib/aws-dynamodb';
import type { Construct } from 'constructs';
import type { TableDefinition } from '../../shared/change/table-definition.ts';
import type { TableResource } from '../../shared/runtime/consumer-definition.ts';
import { sidOf } from '../grants.ts';
import { namesOf, type Place } from '../names.ts';
import { keepOrRemove, type Protection, protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import { setLogicalId } from './logical-id.ts';

interface Keyed {
  readonly partitionKey: { readonly name: string; readonly type: string };
  readonly sortKey?: { readonly name: string; readonly type: string };
}

export interface TableOptions {
  readonly tableName: string;
  readonly protection: Protection;
}

/** A table of a consumer. */
export function createTable(scope: Construct, resource: TableResource, options: TableOptions): CfnTable {
  const indexes = resource.globalIndexes ?? [];
  const table = new CfnTable(scope, `Table${sidOf(resource.name)}`, {
    ...tableProps([resource, ...indexes], options),
    ...timeToLive(resource.timeToLiveAttribute),
    ...(indexes.length === 0
      ? {}
      : {
          globalSecondaryIndexes: indexes.map((index) => ({
            indexName: index.name,
            keySchema: keySchema(index),
            projection: { projectionType: 'ALL' },
          })),
        }),
  });
  setLogicalId(table, `Table${sidOf(resource.name)}`);
  keepOrRemove(table, options.protection);
  return table;
}

/** The user's table with its stream and its Kinesis destination. */
export function createSourceTable(
  scope: Construct,
  table: TableDefinition,
  options: TableOptions & { readonly kinesisStreamArn: string },
): CfnTable {
  const created = new CfnTable(scope, 'SourceTable', {
    ...tableProps([table], options),
    ...timeToLive(table.timeToLiveAttribute),
    streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
    kinesisStreamSpecification: kinesisDestination(options.kinesisStreamArn),
  });
  setLogicalId(created, 'SourceTable');
  keepOrRemove(created, options.protection);
  return created;
}

/** The user's table as a global table with a replica in each region; only the home region's stack has it. */
export function createGlobalTable(scope: Construct, plan: RegionPlan, place: Place): CfnGlobalTable {
  const { table, config } = plan;
  const home = protectionOf(config, plan.region);
  const created = new CfnGlobalTable(scope, 'SourceTable', {
    tableName: plan.sourceTable,
    billingMode: 'PAY_PER_REQUEST',
    keySchema: keySchema(table),
    attributeDefinitions: attributes([table]),
    ...timeToLive(table.timeToLiveAttribute),
    streamSpecification: { streamViewType: 'NEW_AND_OLD_IMAGES' },
    sseSpecification: { sseEnabled: true, sseType: 'KMS' },
    replicas: config.regions.map((region) => {
      const { removal, keyArn } = protectionOf(config, region);
      return {
        region,
        deletionProtectionEnabled: removal === 'retain',
        pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
        kinesisStreamSpecification: kinesisDestination(namesOf(config, { ...place, region }).kinesisStreamArn),
        ...(keyArn === undefined ? {} : { sseSpecification: { kmsMasterKeyId: keyArn } }),
      };
    }),
  });
  setLogicalId(created, 'SourceTable');
  keepOrRemove(created, home);
  return created;
}

/** Documents are versioned by the time of their change, which milliseconds would not tell apart. */
function kinesisDestination(streamArn: string) {
  return { streamArn, approximateCreationDateTimePrecision: 'MICROSECOND' };
}

function tableProps(keyed: readonly [Keyed, ...Keyed[]], { tableName, protection }: TableOptions) {
  const { removal, keyArn } = protection;
  return {
    tableName,
    billingMode: 'PAY_PER_REQUEST',
    keySchema: keySchema(keyed[0]),
    attributeDefinitions: attributes(keyed),
    deletionProtectionEnabled: removal === 'retain',
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
    sseSpecification: {
      sseEnabled: true,
      sseType: 'KMS',
      ...(keyArn === undefined ? {} : { kmsMasterKeyId: keyArn }),
    },
  };
}

function timeToLive(attributeName: string | undefined) {
  return attributeName === undefined ? {} : { timeToLiveSpecification: { attributeName, enabled: true } };
}

function keysOf({ partitionKey, sortKey }: Keyed) {
  return sortKey === undefined ? [partitionKey] : [partitionKey, sortKey];
}

function keySchema(keyed: Keyed) {
  return keysOf(keyed).map(({ name }, place) => ({ attributeName: name, keyType: place === 0 ? 'HASH' : 'RANGE' }));
}

function attributes(keyed: readonly Keyed[]) {
  const types = new Map(keyed.flatMap(keysOf).map(({ name, type }) => [name, type]));
  return [...types].map(([attributeName, attributeType]) => ({ attributeName, attributeType }));
}
