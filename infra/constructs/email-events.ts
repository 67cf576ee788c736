import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnConfigurationSet, CfnConfigurationSetEventDestination, CfnEmailIdentity } from 'aws-cdk-lib/aws-ses';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { verifiedIdentity } from '../grants.ts';
import { keepOrRemove, protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import { setLogicalId } from './logical-id.ts';
import { createQueue } from './queues.ts';

/** What the email ledger learns from; `parseSesEvent` reads all of them. */
const eventTypes = ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT'] as const;

export interface EmailEventsProps {
  readonly plan: RegionPlan;
  readonly account: string;
  /** Of the function that takes the events. */
  readonly settlerTimeoutS: number;
}

/**
 * SES tells what became of a mail: configuration set -> topic -> queue -> the settler. SES publishes to no queue by
 * itself (Amazon SES Developer Guide, "Set up an Amazon SNS event destination").
 */
export class EmailEvents extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, { plan, account, settlerTimeoutS }: EmailEventsProps) {
    super(scope, id);
    const { names, config, region } = plan;
    const protection = protectionOf(config, region);
    const deadLetters = createQueue(this, 'QueueEmailEventsDeadLetters', {
      queueName: names.emailEventsDeadLetterQueue,
      protection,
      visibilityTimeoutS: 60,
    });
    this.queue = createQueue(this, 'QueueEmailEvents', {
      queueName: names.emailEventsQueue,
      protection,
      // Six times the function's (Lambda Developer Guide, "Configuring a queue to use with Lambda").
      visibilityTimeoutS: 6 * settlerTimeoutS,
      deadLetters,
    });
    const topic = new Topic(this, 'Topic', {
      topicName: names.emailEventsTopic,
      enforceSSL: true,
      ...(protection.keyArn === undefined ? {} : { masterKey: Key.fromKeyArn(this, 'Key', protection.keyArn) }),
    });
    setLogicalId(topic, 'TopicEmailEvents');
    topic.addSubscription(new SqsSubscription(this.queue, { rawMessageDelivery: true }));
    allowSes(topic, { account, configurationSetArn: names.configurationSetArn });
    const set = createConfigurationSet(this, names.configurationSet, topic);
    if (config.sender.identity === 'create') {
      const identity = new CfnEmailIdentity(this, 'Sender', {
        emailIdentity: verifiedIdentity(config),
        configurationSetAttributes: { configurationSetName: set.ref },
      });
      setLogicalId(identity, 'Sender');
      keepOrRemove(identity, protection);
    }
  }
}

/** Only SES, and only for this configuration set of this account. */
function allowSes(topic: Topic, { account, configurationSetArn }: { account: string; configurationSetArn: string }) {
  topic.addToResourcePolicy(
    new PolicyStatement({
      sid: 'PublishEmailEvents',
      principals: [new ServicePrincipal('ses.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'AWS:SourceAccount': account, 'AWS:SourceArn': configurationSetArn } },
    }),
  );
}

function createConfigurationSet(scope: Construct, name: string, topic: Topic): CfnConfigurationSet {
  const set = new CfnConfigurationSet(scope, 'ConfigurationSet', {
    name,
    reputationOptions: { reputationMetricsEnabled: true },
    sendingOptions: { sendingEnabled: true },
    deliveryOptions: { tlsPolicy: 'REQUIRE' },
    // The ledger keeps its own list, from which a person can take an address off.
    suppressionOptions: { suppressedReasons: [] },
  });
  setLogicalId(set, 'ConfigurationSet');
  const destination = new CfnConfigurationSetEventDestination(scope, 'Events', {
    configurationSetName: set.ref,
    eventDestination: {
      name: 'email-settler',
      enabled: true,
      matchingEventTypes: [...eventTypes],
      snsDestination: { topicArn: topic.topicArn },
    },
  });
  // SES publishes a test message, for which it needs leave.
  const policy = topic.node.tryFindChild('Policy');
  if (policy !== undefined) destination.node.addDependency(policy);
  return set;
}
