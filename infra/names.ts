import type { StageConfig } from './stage-config.ts';

/** Where names are for. Templates leave account and partition to CloudFormation (`${AWS::AccountId}` as a token). */
export interface Place {
  readonly region: string;
  readonly account: string;
  /** `aws`, `aws-cn` or `aws-us-gov`. */
  readonly partition: string;
}

export type NamedConfig = Pick<StageConfig, 'name' | 'stage' | 'table'>;

/**
 * What everything is called, from the configuration alone: stacks and regions name each other's resources without
 * references between them, which would make a cycle.
 */
export function namesOf(config: NamedConfig, { region, account, partition }: Place) {
  const named = (thing: string): string => `${config.name}-${config.stage}-${thing}`;
  const arn = (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${account}:${resource}`;
  /** Unique in the world, so with account and region. */
  const bucket = (thing: string): string => `${named(thing.replace(/^tributary-/, ''))}-${account}-${region}`;
  return {
    /** What tells this deployment from others of the account: a dimension of its metrics. */
    deployment: `${config.name}-${config.stage}`,
    /** `thing` such as `data`: stacks of two regions have two names. */
    stack: (thing: string) => `${named(thing)}-${region}`,
    function: named,
    role: (thing: string) => `${named(thing)}-${region}`,
    table: named,
    sourceTable: (logical: string) => (config.table.kind === 'import' ? config.table.name : named(logical)),
    kinesisStream: named('changes'),
    bucket,
    /** Dead letters and what mappings give up on. */
    failuresBucket: bucket('failures'),
    accessLogsBucket: bucket('access-logs'),
    queue: named,
    deadLetterQueue: named('dead-letters'),
    emailEventsQueue: named('email-events'),
    emailEventsDeadLetterQueue: named('email-events-dead-letters'),
    emailEventsTopic: named('email-events'),
    alarmTopic: named('alarms'),
    alarm: named,
    /** Unique in the account: dashboards are of no region. */
    dashboard: (thing: string) => `${named(thing)}-${region}`,
    configurationSet: named('emails'),
    /** At most 28 characters. */
    domain: `${config.name}-${config.stage}`,
    logGroup: (functionThing: string) => `/aws/lambda/${named(functionThing)}`,
    schedule: named,
    /** All schedules of a stage: metrics know groups only. */
    scheduleGroup: named('schedules'),
    managedPolicy: (thing: string) => `${named(thing)}-${region}`,
    tableArn: (physical: string) => arn('dynamodb', `table/${physical}`),
    kinesisStreamArn: arn('kinesis', `stream/${named('changes')}`),
    logGroupArn: (functionThing: string) => arn('logs', `log-group:/aws/lambda/${named(functionThing)}`),
    /** Of a parameter of Systems Manager, whose name begins with a slash. */
    parameterArn: (parameter: string) => arn('ssm', `parameter${parameter}`),
    functionArn: (thing: string) => arn('lambda', `function:${named(thing)}`),
    mappingArn: (uuid: string) => arn('lambda', `event-source-mapping:${uuid}`),
    roleArn: (thing: string) => `arn:${partition}:iam::${account}:role/${named(thing)}-${region}`,
    bucketArn: (physical: string) => `arn:${partition}:s3:::${physical}`,
    queueArn: (physical: string) => arn('sqs', physical),
    topicArn: (physical: string) => arn('sns', physical),
    domainArn: arn('es', `domain/${config.name}-${config.stage}`),
    identityArn: (identity: string) => arn('ses', `identity/${identity}`),
    alarmArn: (physical: string) => arn('cloudwatch', `alarm:${physical}`),
    scheduleGroupArn: arn('scheduler', `schedule-group/${named('schedules')}`),
    configurationSetArn: arn('ses', `configuration-set/${named('emails')}`),
  };
}

export type Names = ReturnType<typeof namesOf>;
