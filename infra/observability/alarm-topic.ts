import { Aws } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { CfnSubscription, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { setLogicalId } from '../constructs/logical-id.ts';
import { protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';

/**
 * Where every alarm of a region tells. Encrypted with a customer key only: the key that AWS has for SNS lets nobody
 * else use it, CloudWatch included, so alarms would fail without a sound. The customer key's policy must let
 * `cloudwatch.amazonaws.com` use `kms:Decrypt` and `kms:GenerateDataKey*`.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html
 */
export class AlarmTopic extends Construct {
  constructor(scope: Construct, id: string, { plan }: { readonly plan: RegionPlan }) {
    super(scope, id);
    const { names, config, region } = plan;
    const { keyArn } = protectionOf(config, region);
    const topic = new Topic(this, 'Topic', {
      topicName: names.alarmTopic,
      displayName: `${config.name} ${config.stage} ${region}`,
      enforceSSL: true,
      ...(keyArn === undefined ? {} : { masterKey: Key.fromKeyArn(this, 'Key', keyArn) }),
    });
    setLogicalId(topic, 'TopicAlarms');
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'PublishAlarms',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID },
          ArnLike: { 'aws:SourceArn': names.alarmArn(names.alarm('*')) },
        },
      }),
    );
    new CfnSubscription(this, 'Address', {
      topicArn: topic.topicArn,
      protocol: 'email',
      endpoint: config.alarmAddress,
    });
  }
}
