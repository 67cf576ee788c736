import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { CfnEventInvokeConfig, CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { ScheduledDefinition } from '../../shared/runtime/consumer-definition.ts';
import { type Grant, sidOf } from '../grants.ts';
import { policyDocument } from '../wildcards.ts';
import { setLogicalId } from './logical-id.ts';
import { PipelineFunction, type PipelineFunctionProps } from './pipeline-function.ts';

export interface ScheduledFunctionProps extends PipelineFunctionProps {
  readonly definition: ScheduledDefinition;
  readonly scheduleGroup: string;
  /** Of the queue with SES events, for a function that is told of them. */
  readonly emailEventsQueueArn?: string;
}

/** A function that EventBridge Scheduler invokes, and perhaps a queue of SES events too. */
export class ScheduledFunction extends Construct {
  readonly pipelineFunction: PipelineFunction;
  /** Of the queue of SES events. */
  readonly mapping?: CfnEventSourceMapping;

  constructor(scope: Construct, id: string, props: ScheduledFunctionProps) {
    super(scope, id);
    const { definition, emailEventsQueueArn: queueArn } = props;
    this.pipelineFunction = new PipelineFunction(this, 'Pipeline', {
      ...props,
      grants: [...props.grants, ...(queueArn === undefined ? [] : [queueGrant(queueArn)])],
    });
    addSchedule(this, this.pipelineFunction, props);
    const { emailEvents } = definition.trigger;
    if (queueArn === undefined || emailEvents === false) return;
    this.mapping = new CfnEventSourceMapping(this, 'EmailEvents', {
      functionName: this.pipelineFunction.function.functionName,
      eventSourceArn: queueArn,
      batchSize: emailEvents.batchSize,
      maximumBatchingWindowInSeconds: emailEvents.maximumBatchingWindowS,
      functionResponseTypes: ['ReportBatchItemFailures'],
      metricsConfig: { metrics: ['EventCount'] },
    });
    setLogicalId(this.mapping, `Mapping${sidOf(definition.name)}EmailEvents`);
  }
}

function addSchedule(scope: Construct, target: PipelineFunction, props: ScheduledFunctionProps): void {
  const { definition, names, scheduleGroup } = props;
  // The schedule comes again by itself: an invocation that was missed or failed is not made up for.
  new CfnEventInvokeConfig(scope, 'Invocations', {
    functionName: target.function.functionName,
    qualifier: '$LATEST',
    maximumRetryAttempts: 0,
    maximumEventAgeInSeconds: 60,
  });
  const role = new CfnRole(scope, 'SchedulerRole', {
    description: `Invokes ${names.function(definition.name)} on its schedule`,
    assumeRolePolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'scheduler.amazonaws.com' },
          Action: 'sts:AssumeRole',
          // A schedule of somebody else's must not use this role ("confused deputy").
          Condition: { ArnLike: { 'aws:SourceArn': names.scheduleGroupArn } },
        },
      ],
    },
    policies: [
      {
        policyName: 'invoke',
        policyDocument: policyDocument([
          { sid: 'Invoke', actions: ['lambda:InvokeFunction'], resources: [names.functionArn(definition.name)] },
        ]),
      },
    ],
  });
  const schedule = new CfnSchedule(scope, 'Schedule', {
    name: names.schedule(definition.name),
    groupName: scheduleGroup,
    scheduleExpression: rate(definition.trigger.everyS),
    flexibleTimeWindow: { mode: 'OFF' },
    target: {
      arn: target.function.functionArn,
      roleArn: role.attrArn,
      input: JSON.stringify({ source: 'schedule' }),
      retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 0 },
    },
  });
  setLogicalId(schedule, `Schedule${sidOf(definition.name)}`);
}

function rate(everyS: number): string {
  const minutes = everyS / 60;
  return `rate(${minutes} ${minutes === 1 ? 'minute' : 'minutes'})`;
}

/** @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
function queueGrant(queueArn: string): Grant {
  return {
    sid: 'EmailEvents',
    actions: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
    resources: [queueArn],
  };
}
