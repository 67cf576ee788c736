import type { TargetRegion } from '../../shared/operations/target.ts';
import { type DynamoDbCall, interceptDynamoDb } from '../../shared/services/dynamodb/intercept.ts';
import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import type { ObjectStore } from '../../shared/services/s3/port.ts';
import type { WorkQueue } from '../../shared/services/sqs/port.ts';
import type { Grant } from '../grants.ts';
import type { RegionPlan } from '../region-plan.ts';

/** One call of a service as IAM sees it: the action, and the ARN of what it is about. */
export type IamCall = `${string} ${string}`;

/** A region in memory as an operator meets it, which notes what each call of its services needs leave for. */
export function recordCalls(region: TargetRegion, plan: RegionPlan, remote: RegionPlan) {
  const { names } = plan;
  const calls = new Set<IamCall>();
  const noted = <Answer>(action: string, resource: string, work: () => Answer): Answer => {
    calls.add(`${action} ${resource}`);
    return work();
  };
  const dynamodb = (real: DynamoDb, at: RegionPlan) =>
    interceptDynamoDb(real, (call, proceed) => {
      for (const [action, table, index] of partsOf(call)) {
        const physical = table === at.table.name ? at.sourceTable : at.names.table(table);
        calls.add(`dynamodb:${action} ${at.names.tableArn(physical)}${index === undefined ? '' : `/index/${index}`}`);
      }
      return proceed();
    });
  const objects = (real: ObjectStore, bucket: string): ObjectStore => ({
    put: (object) => noted('s3:PutObject', `${bucket}/${object.key}`, () => real.put(object)),
    get: (key) => noted('s3:GetObject', `${bucket}/${key}`, () => real.get(key)),
    getBytes: (key) => noted('s3:GetObject', `${bucket}/${key}`, () => real.getBytes(key)),
    list: (prefix) => noted('s3:ListBucket', bucket, () => real.list(prefix)),
    delete: (key) => noted('s3:DeleteObject', `${bucket}/${key}`, () => real.delete(key)),
  });
  const queue = names.queueArn(names.deadLetterQueue);
  const notices = (real: WorkQueue): WorkQueue => ({
    send: (body) => noted('sqs:SendMessage', queue, () => real.send(body)),
    receive: () => noted('sqs:ReceiveMessage', queue, () => real.receive()),
    remove: (message) => noted('sqs:DeleteMessage', queue, () => real.remove(message)),
    release: (message) => noted('sqs:ChangeMessageVisibility', queue, () => real.release(message)),
  });
  const recorded: TargetRegion = {
    ...region,
    failures: objects(region.failures, names.bucketArn(names.failuresBucket)),
    notices: notices(region.notices),
    connectionsOf: (definition) => {
      const real = region.connectionsOf(definition);
      const bucket = definition.uses.find(({ kind }) => kind === 'bucket');
      return {
        ...real,
        dynamodb: dynamodb(real.dynamodb, plan),
        remoteDynamodb: dynamodb(real.remoteDynamodb, remote),
        objects: objects(
          real.objects,
          names.bucketArn(names.bucket(bucket && 'name' in bucket ? bucket.name : 'none')),
        ),
      };
    },
  };
  return { region: recorded, calls };
}

/** An action, and the table and the index that it is about. */
type Part = readonly [action: string, table: string, index?: string | undefined];

/**
 * Of a transaction each part needs its own permission.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/transaction-apis-iam.html
 */
function partsOf({ operation, input }: DynamoDbCall): readonly Part[] {
  if (operation === 'batchWriteItem') {
    return Object.keys(input.RequestItems ?? {}).map((table) => ['BatchWriteItem', table]);
  }
  if (operation === 'transactWriteItems') {
    return (input.TransactItems ?? []).flatMap((item) =>
      Object.entries(item).map(([kind, { TableName = '' }]): Part => [transacted[kind] ?? kind, TableName]),
    );
  }
  const action = operation.charAt(0).toUpperCase() + operation.slice(1);
  const index = 'IndexName' in input ? input.IndexName : undefined;
  return [[action, input.TableName ?? '', index]];
}

const transacted: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

/** The calls that none of the grants allows. `*` in a resource stands for anything; conditions are not looked at. */
export function refused(calls: Iterable<IamCall>, grants: readonly Grant[]): readonly IamCall[] {
  return [...calls].filter((call) => {
    const [action = '', resource = ''] = call.split(' ');
    return !grants.some(
      ({ actions, resources }) => actions.includes(action) && resources.some((each) => covers(each, resource)),
    );
  });
}

function covers(pattern: string, resource: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[^\w]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`).test(resource);
}
