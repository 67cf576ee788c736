import { Stack, type StackProps, Validations } from 'aws-cdk-lib';
import { CfnStream } from 'aws-cdk-lib/aws-kinesis';
import type { Construct } from 'constructs';
import { setLogicalId } from '../constructs/logical-id.ts';
import { PrivateSearchNetwork, type SearchNetwork } from '../constructs/search-network.ts';
import { AlarmTopic } from '../observability/alarm-topic.ts';
import { keepOrRemove, protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';

export interface FoundationStackProps extends StackProps {
  readonly plan: RegionPlan;
}

/** What hardly ever changes: the Kinesis stream, the topic of alarms and, for a search domain in a VPC, the network. */
export class FoundationStack extends Stack {
  readonly network?: SearchNetwork;

  constructor(scope: Construct, id: string, props: FoundationStackProps) {
    super(scope, id, props);
    const { plan } = props;
    createKinesisStream(this, plan);
    new AlarmTopic(this, 'AlarmTopic', { plan });
    const { search } = plan.config;
    if (search.kind === 'domain' && search.network === 'vpc') {
      this.network = new PrivateSearchNetwork(this, 'Network', { name: plan.names.domain });
    }
  }
}

/** Every change of the source table, for consumers that need no order. */
function createKinesisStream(scope: Construct, { config, names, region }: RegionPlan): void {
  const { kinesis, kinesisRetentionH } = config;
  const protection = protectionOf(config, region);
  const stream = new CfnStream(scope, 'Changes', {
    name: names.kinesisStream,
    retentionPeriodHours: kinesisRetentionH,
    streamEncryption: { encryptionType: 'KMS', keyId: protection.keyArn ?? 'alias/aws/kinesis' },
    ...(kinesis.mode === 'onDemand'
      ? { streamModeDetails: { streamMode: 'ON_DEMAND' } }
      : { streamModeDetails: { streamMode: 'PROVISIONED' }, shardCount: kinesis.shards }),
  });
  if (protection.keyArn !== undefined) {
    Validations.of(stream).acknowledge({ id: 'AwsSolutions-KDS3', reason: 'the configuration names a customer key' });
  }
  setLogicalId(stream, 'Changes');
  keepOrRemove(stream, protection);
}
