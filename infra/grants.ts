import type { FunctionDefinition, ResourceDefinition } from '../shared/runtime/consumer-definition.ts';
import { deadLetterPrefix } from '../shared/runtime/dead-letters.ts';
import { namesOf, type Place } from './names.ts';
import type { RegionPlan } from './region-plan.ts';

/** A statement of an IAM policy, as data. */
export interface Grant {
  readonly sid: string;
  readonly actions: readonly string[];
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
}

/** What the function may do, from what it declares to use and from nothing else. */
export function grantsOf(definition: FunctionDefinition, plan: RegionPlan, place: Place): readonly Grant[] {
  return [
    ...usedResources(definition, plan, place),
    ...deadLetterGrants(definition.name, plan, place),
    ...keyGrants(plan),
  ];
}

/** The part that the function's effects need. */
export function usedResources(
  { uses }: Pick<FunctionDefinition, 'uses'>,
  plan: RegionPlan,
  place: Place,
): readonly Grant[] {
  return uses.flatMap((resource) => grantsFor(resource, plan, place)).filter(({ actions }) => actions.length > 0);
}

/** Actions that IAM does not bind to a resource; whatever else needs `*` is refused by `wildcards.test.ts`. */
const unboundActions = ['ses:GetAccount'];
const streamActions = /^dynamodb:(DescribeStream|GetRecords|GetShardIterator)$/;

function grantsFor(resource: ResourceDefinition, plan: RegionPlan, place: Place): Grant[] {
  const { names } = plan;
  switch (resource.kind) {
    case 'table': {
      const table = names.tableArn(names.table(resource.name));
      const sid = sidOf(`Table ${resource.name}`);
      const indexes = (resource.globalIndexes ?? []).map(({ name }) => `${table}/index/${name}`);
      const query = { sid: `${sid}Indexes`, actions: ['dynamodb:Query'], resources: indexes };
      return [
        { sid, actions: resource.actions, resources: [table] },
        ...(indexes.length > 0 && resource.actions.includes('dynamodb:Query') ? [query] : []),
      ];
    }
    case 'sourceTable': {
      const table = names.tableArn(plan.sourceTable);
      const ofStream = resource.actions.filter((action) => streamActions.test(action));
      const ofTable = resource.actions.filter((action) => !streamActions.test(action));
      return [
        { sid: 'SourceTable', actions: ofTable, resources: [table] },
        { sid: 'TableStream', actions: ofStream, resources: [`${table}/stream/*`] },
      ];
    }
    case 'failures':
      return failureGrants(resource.consumer, plan, place);
    case 'replicaTable': {
      const region = otherRegionOf(plan);
      const table = namesOf(plan.config, { ...place, region }).tableArn(plan.sourceTable);
      return [
        { sid: 'ReplicaTable', actions: resource.actions, resources: [table] },
        ...replicaKeyGrants(plan, region),
      ];
    }
    case 'searchIndex':
      return [{ sid: 'SearchIndex', actions: resource.actions, resources: [`${names.domainArn}/*`] }];
    case 'bucket':
      return [
        {
          sid: sidOf(`Bucket ${resource.name}`),
          actions: resource.actions,
          resources: [`${names.bucketArn(names.bucket(resource.name))}/*`],
        },
      ];
    case 'emailIdentity': {
      const bound = resource.actions.filter((action) => !unboundActions.includes(action));
      const unbound = resource.actions.filter((action) => unboundActions.includes(action));
      return [
        {
          sid: 'Email',
          actions: bound,
          resources: [names.identityArn(verifiedIdentity(plan.config)), names.configurationSetArn],
        },
        { sid: 'EmailAccount', actions: unbound, resources: ['*'] },
      ];
    }
  }
}

/** What SES verifies: the sender's domain, or the address. */
export function verifiedIdentity({ sender }: RegionPlan['config']): string {
  return sender.verifies === 'address' ? sender.address : sender.address.slice(sender.address.indexOf('@') + 1);
}

/** Objects of failures are read by whoever may list them: what is not there is told apart from what is forbidden. */
function failureGrants(consumer: string, { names }: RegionPlan, { account }: Place): Grant[] {
  const bucket = names.bucketArn(names.failuresBucket);
  const folders = [`${deadLetterPrefix(consumer)}*`, 'aws/lambda/*', 'failure-states/*'];
  const conditions = { StringEquals: { 's3:ResourceAccount': account } };
  const resources = folders.map((folder) => `${bucket}/${folder}`);
  return [
    { sid: 'Failures', actions: ['s3:GetObject'], resources, conditions },
    { sid: 'FailuresListed', actions: ['s3:ListBucket'], resources: [bucket], conditions },
  ];
}

/**
 * A dead letter is read before it is written, to count its attempts. Without leave to list the bucket S3 answers
 * "forbidden" where there is none yet (Amazon S3 API Reference, "GetObject"). A condition on `s3:prefix` would take
 * that away again: only requests that list bear the key (Amazon S3 User Guide, "Bucket policy examples using condition
 * keys").
 */
function deadLetterGrants(consumer: string, { names }: RegionPlan, { account }: Place): Grant[] {
  const bucket = names.bucketArn(names.failuresBucket);
  const conditions = { StringEquals: { 's3:ResourceAccount': account } };
  return [
    {
      sid: 'DeadLetters',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: [`${bucket}/${deadLetterPrefix(consumer)}*`],
      conditions,
    },
    { sid: 'DeadLettersMissing', actions: ['s3:ListBucket'], resources: [bucket], conditions },
    { sid: 'DeadLetterNotices', actions: ['sqs:SendMessage'], resources: [names.queueArn(names.deadLetterQueue)] },
  ];
}

/** Leave to use the customer key, where data is kept by one. */
export function keyGrants({ config, region }: RegionPlan): Grant[] {
  const key = keyOf(config, region);
  if (key === undefined) return [];
  return [{ sid: 'CustomerKey', actions: ['kms:Decrypt', 'kms:GenerateDataKey'], resources: [key] }];
}

/**
 * Whoever reads or writes a table has to be allowed to decrypt its key: DynamoDB asks KMS for it on the caller's
 * behalf. In the other region nothing but that table is used, so nobody decrypts there but by way of DynamoDB.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 * @see https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-via-service
 */
function replicaKeyGrants({ config }: RegionPlan, region: string): Grant[] {
  const key = keyOf(config, region);
  if (key === undefined) return [];
  const conditions = { StringEquals: { 'kms:ViaService': `dynamodb.${region}.amazonaws.com` } };
  return [{ sid: 'ReplicaKey', actions: ['kms:Decrypt'], resources: [key], conditions }];
}

function keyOf({ keys }: RegionPlan['config'], region: string): string | undefined {
  return keys === 'aws' ? undefined : keys.arnByRegion[region];
}

function otherRegionOf({ otherRegion, region }: RegionPlan): string {
  if (otherRegion === undefined) throw new Error(`A function in ${region} uses a second region, and there is none.`);
  return otherRegion;
}

/** `Table email-ledger` -> `TableEmailLedger`. */
export function sidOf(words: string): string {
  return words
    .split(/[^a-zA-Z0-9]+/)
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
