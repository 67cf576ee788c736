import { Aws, Stack, type StackProps } from 'aws-cdk-lib';
import { CfnStreamConsumer } from 'aws-cdk-lib/aws-kinesis';
import { CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { Construct } from 'constructs';
import {
  type ConsumerDefinition,
  isStreamConsumer,
  type ScheduledDefinition,
  type StreamConsumerDefinition,
} from '../../shared/runtime/consumer-definition.ts';
import { createAccessPolicies } from '../constructs/access-policies.ts';
import { setLogicalId } from '../constructs/logical-id.ts';
import { createOperatorAccess, type OperatorAccessProps } from '../constructs/operator-access.ts';
import type { FunctionNetwork } from '../constructs/pipeline-function.ts';
import { ScheduledFunction } from '../constructs/scheduled-function.ts';
import type { SearchNetwork } from '../constructs/search-network.ts';
import { dynamoDbStream, kinesisStream, type RecordSource, StreamConsumer } from '../constructs/stream-consumer.ts';
import type { FunctionBundle, FunctionBundles } from '../function-bundles.ts';
import { variablesFor } from '../function-variables.ts';
import { grantsOf, sidOf } from '../grants.ts';
import { operatorFunction } from '../manifest.ts';
import type { Place } from '../names.ts';
import { addMappingAlarms } from '../observability/mapping-alarms.ts';
import { protectionOf } from '../protection.ts';
import type { RegionPlan } from '../region-plan.ts';
import type { DataStack } from './data-stack.ts';

export interface ConsumersStackProps extends StackProps {
  readonly plan: RegionPlan;
  readonly place: Place;
  readonly bundles: FunctionBundles;
  readonly data: Pick<DataStack, 'streamArn' | 'deadLetterQueueUrl' | 'emailEventsQueueArn' | 'searchEndpoint'>;
  readonly network?: SearchNetwork;
}

/** What changes with the code: functions, their roles, mappings and schedules. */
export class ConsumersStack extends Stack {
  constructor(scope: Construct, id: string, props: ConsumersStackProps) {
    super(scope, id, props);
    const { plan } = props;
    const group = new CfnScheduleGroup(this, 'Schedules', { name: plan.names.scheduleGroup });
    setLogicalId(group, 'Schedules');
    createAccessPolicies(this, plan, props.place);
    createOperatorAccess(this, operatorAccessProps(props));
    for (const definition of plan.consumers) addConsumer(this, definition, { ...props, scheduleGroup: group.ref });
  }
}

function operatorAccessProps({ plan, place, data, bundles, network }: ConsumersStackProps): OperatorAccessProps {
  const { deadLetterQueueUrl, searchEndpoint } = data;
  const { account, partition } = place;
  return {
    plan,
    bundle: bundleOf(operatorFunction.name, bundles),
    deployed: { account, partition, deadLetterQueueUrl },
    ...(searchEndpoint === undefined ? {} : { searchEndpoint }),
    ...(network === undefined ? {} : { network }),
  };
}

function bundleOf(name: string, bundles: FunctionBundles): FunctionBundle {
  const bundle = bundles.get(name);
  if (bundle === undefined) throw new Error(`There is no bundle of functions/${name}.`);
  return bundle;
}

type Around = ConsumersStackProps & { readonly scheduleGroup: string };

function addConsumer(scope: Construct, definition: ConsumerDefinition, around: Around): void {
  const { plan, data, scheduleGroup } = around;
  const id = sidOf(definition.name);
  if (isStreamConsumer(definition)) {
    const { mapping } = new StreamConsumer(scope, id, {
      ...functionProps(definition, around),
      definition,
      source: sourceOf(scope, definition, around),
      failuresBucketArn: plan.names.bucketArn(plan.names.failuresBucket),
      account: Aws.ACCOUNT_ID,
    });
    addMappingAlarms(scope, { plan, definition, mappingId: mapping.ref });
    return;
  }
  new ScheduledFunction(scope, id, {
    ...functionProps(definition, around),
    definition,
    scheduleGroup,
    ...(definition.trigger.emailEvents !== false && data.emailEventsQueueArn !== undefined
      ? { emailEventsQueueArn: data.emailEventsQueueArn }
      : {}),
  });
}

function functionProps<Definition extends StreamConsumerDefinition | ScheduledDefinition>(
  definition: Definition,
  { plan, place, data, bundles, network }: Around,
) {
  const bundle = bundleOf(definition.name, bundles);
  const { searchEndpoint, deadLetterQueueUrl } = data;
  return {
    names: plan.names,
    bundle,
    environment: variablesFor(definition, {
      plan,
      codeVersion: bundle.version,
      deadLetterQueueUrl,
      ...(searchEndpoint === undefined ? {} : { searchEndpoint }),
    }),
    grants: grantsOf(definition, plan, place),
    ...protectionOf(plan.config, plan.region),
    ...networkOf(definition, network),
  };
}

/** Only what touches search is in the VPC: the others would lose their way to AWS, and gain cold starts. */
function networkOf({ uses }: ConsumerDefinition, network: SearchNetwork | undefined): { network?: FunctionNetwork } {
  if (network === undefined || !uses.some(({ kind }) => kind === 'searchIndex')) return {};
  return { network: { vpc: network.vpc, securityGroup: network.functions } };
}

function sourceOf(scope: Construct, { name, trigger }: StreamConsumerDefinition, { plan, data }: Around): RecordSource {
  const { names, config, sourceTable } = plan;
  if (trigger.kind === 'stream') return dynamoDbStream(data.streamArn, names.tableArn(sourceTable));
  if (!config.enhancedFanOut.includes(name)) return kinesisStream(names.kinesisStreamArn);
  const reader = new CfnStreamConsumer(scope, `Reader${sidOf(name)}`, {
    consumerName: names.function(name),
    streamArn: names.kinesisStreamArn,
  });
  setLogicalId(reader, `Reader${sidOf(name)}`);
  return kinesisStream(names.kinesisStreamArn, reader.attrConsumerArn);
}
