import type { ResourceDefinition } from '../shared/runtime/consumer-definition.ts';
import { checkpointsTable, countersTable } from '../shared/sinks/aggregates/resources.ts';
import { archiveBucket } from '../shared/sinks/archive/resources.ts';
import { ledgerTable, suppressionTable } from '../shared/sinks/email-ledger/resources.ts';
import { conflictsTable } from '../shared/sinks/replica/resources.ts';
import { type Grant, keyGrants, sidOf, usedResources, verifiedIdentity } from './grants.ts';
import { hasOperatorFunction, manifestParameter, operatorFunction } from './manifest.ts';
import type { Place } from './names.ts';
import type { RegionPlan } from './region-plan.ts';

/** For people who look: how the pipeline is doing, and no item, document or mail of anybody. */
export function readerGrants({ names, config, consumers, sourceTable }: RegionPlan): readonly Grant[] {
  const emailQueues = consumers.some(({ trigger }) => trigger.kind === 'schedule' && trigger.emailEvents)
    ? [names.emailEventsQueue, names.emailEventsDeadLetterQueue]
    : [];
  return [
    {
      sid: 'Mappings',
      actions: ['lambda:GetEventSourceMapping', 'lambda:ListEventSourceMappings'],
      resources: ['*'],
    },
    { sid: 'Manifest', actions: ['ssm:GetParameter'], resources: [names.parameterArn(manifestParameter(config))] },
    { sid: 'Functions', actions: ['lambda:GetFunctionConfiguration'], resources: [names.functionArn('*')] },
    { sid: 'Logs', actions: ['logs:FilterLogEvents'], resources: [`${names.logGroupArn('*')}:*`] },
    {
      sid: 'Metrics',
      actions: ['cloudwatch:DescribeAlarms', 'cloudwatch:GetDashboard', 'cloudwatch:GetMetricData'],
      resources: ['*'],
    },
    {
      sid: 'Source',
      actions: ['dynamodb:DescribeKinesisStreamingDestination', 'dynamodb:DescribeTable'],
      resources: [names.tableArn(sourceTable)],
    },
    { sid: 'Changes', actions: ['kinesis:DescribeStreamSummary'], resources: [names.kinesisStreamArn] },
    {
      sid: 'Queues',
      actions: ['sqs:GetQueueAttributes', 'sqs:GetQueueUrl'],
      resources: [names.deadLetterQueue, ...emailQueues].map(names.queueArn),
    },
    ...accountGrants(config, names),
    { sid: 'Failures', actions: ['s3:ListBucket'], resources: [names.bucketArn(names.failuresBucket)] },
  ];
}

/** What `tributary doctor` asks of services that the pipeline depends on. */
function accountGrants(config: RegionPlan['config'], names: RegionPlan['names']): readonly Grant[] {
  return [
    { sid: 'Account', actions: ['lambda:GetAccountSettings', 'ses:GetAccount'], resources: ['*'] },
    {
      sid: 'Sender',
      actions: ['ses:GetEmailIdentity'],
      resources: [names.identityArn(verifiedIdentity(config))],
    },
    {
      sid: 'Topic',
      actions: ['sns:ListSubscriptionsByTopic'],
      resources: [names.topicArn(names.alarmTopic)],
    },
    ...(config.search.kind === 'domain'
      ? [{ sid: 'Domain', actions: ['es:DescribeDomain', 'es:DescribeDomainHealth'], resources: [names.domainArn] }]
      : []),
  ];
}

/**
 * For people on call, beside what readers see: pausing and resuming; what failed, whole; changes as they come; and
 * whatever the consumers may do, for a redrive runs their code with the caller's leave. Without what readers see, for
 * both do not fit into one managed policy.
 */
export function operatorGrants(plan: RegionPlan, place: Place): readonly Grant[] {
  const { names, consumers } = plan;
  const failures = names.bucketArn(names.failuresBucket);
  return packed([
    {
      sid: 'PauseAndResume',
      actions: ['lambda:UpdateEventSourceMapping'],
      resources: [names.mappingArn('*')],
      conditions: { ArnLike: { 'lambda:FunctionArn': names.functionArn('*') } },
    },
    // This one alone: the function that sets the search domain up is its master, and nobody's to invoke.
    ...(hasOperatorFunction(plan)
      ? [
          {
            sid: 'Search',
            actions: ['lambda:InvokeFunction'],
            resources: [names.functionArn(operatorFunction.name)],
          },
        ]
      : []),
    {
      sid: 'FailedRecords',
      actions: ['s3:GetObject', 's3:PutObject'],
      resources: ['dead-letters', 'aws/lambda', 'failure-states', 'operations'].map(
        (folder) => `${failures}/${folder}/*`,
      ),
    },
    {
      sid: 'Notices',
      actions: ['sqs:ChangeMessageVisibility', 'sqs:DeleteMessage', 'sqs:ReceiveMessage', 'sqs:SendMessage'],
      resources: [names.queueArn(names.deadLetterQueue)],
    },
    // A build of totals looks once whether its consumer has passed all that it read.
    {
      sid: 'TableStream',
      actions: ['dynamodb:DescribeStream', 'dynamodb:GetRecords', 'dynamodb:GetShardIterator'],
      resources: [`${names.tableArn(plan.sourceTable)}/stream/*`],
    },
    {
      sid: 'Feed',
      actions: ['kinesis:DescribeStream', 'kinesis:GetRecords', 'kinesis:GetShardIterator'],
      resources: [names.kinesisStreamArn],
    },
    ...keyGrants(plan),
    ...consumers.flatMap(({ uses }) => usedResources({ uses: uses.filter(isNoFailure) }, plan, place)),
    ...tableGrants(plan),
    ...archiveGrants(plan),
  ]);
}

/** An operator reads all failures. */
const isNoFailure = ({ kind }: ResourceDefinition) => kind !== 'failures';

/** A build of totals compares them with those that it replaces, lets readers switch, and drops what they left. */
const built = ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:Query'];

/** What commands do with tables beside what the consumers do. */
const operated: Readonly<Record<string, readonly string[]>> = {
  [countersTable.name]: [...built, 'dynamodb:PutItem'],
  [checkpointsTable.name]: built,
  // `suppressions list` and `remove`.
  [suppressionTable.name]: ['dynamodb:DeleteItem', 'dynamodb:Scan'],
  // The runbook looks for mails that wait for a person.
  [ledgerTable.name]: ['dynamodb:Scan'],
  // `explain` tells which versions of an item lost; the runbook looks at all of them.
  [conflictsTable.name]: ['dynamodb:Query', 'dynamodb:Scan'],
};

function tableGrants({ names, tables }: RegionPlan): readonly Grant[] {
  return tables.flatMap(({ name }) => {
    const actions = operated[name];
    return actions === undefined
      ? []
      : [{ sid: sidOf(`Operated ${name}`), actions, resources: [names.tableArn(names.table(name))] }];
  });
}

/** `explain` reads what the archive was given of an item; a replay reads its files. */
function archiveGrants({ names, buckets }: RegionPlan): readonly Grant[] {
  if (!buckets.some(({ name }) => name === archiveBucket.name)) return [];
  const bucket = names.bucketArn(names.bucket(archiveBucket.name));
  return [
    { sid: 'Archive', actions: ['s3:GetObject'], resources: [`${bucket}/*`] },
    { sid: 'ArchiveListed', actions: ['s3:ListBucket'], resources: [bucket] },
  ];
}

/**
 * As few statements as say the same, for a managed policy has room for 6,144 characters: actions on one resource
 * together, then resources with the same actions. Actions on `*` stay apart: each has its own reason in the list of
 * wildcards.
 */
function packed(grants: readonly Grant[]): readonly Grant[] {
  const byResource = merged(grants, ({ resources }) => resources);
  return merged(byResource, ({ actions }) => actions.toSorted());
}

function merged(grants: readonly Grant[], keyOf: (grant: Grant) => readonly string[]): readonly Grant[] {
  const found = new Map<string, Grant>();
  for (const grant of grants) {
    const { sid, conditions, actions, resources } = grant;
    const own = resources.includes('*') ? sid : '';
    const key = JSON.stringify([keyOf(grant), conditions, own]);
    const known = found.get(key);
    found.set(key, {
      ...grant,
      sid: known?.sid ?? sid,
      actions: [...new Set([...(known?.actions ?? []), ...actions])],
      resources: [...new Set([...(known?.resources ?? []), ...resources])],
    });
  }
  return [...found.values()];
}
