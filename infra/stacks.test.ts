import { afterAll, describe, expect, it } from 'vitest';
import { operatorPermissions } from './manifest.ts';
import type { StageConfig } from './stage-config.ts';
import { sampleConfig } from './testing/sample-stage.ts';
import { type Resource, resourcesOf, type SynthesizedStage, synthesize } from './testing/synthesize.ts';

const made = new Map<string, SynthesizedStage>();
afterAll(() => {
  for (const stage of made.values()) stage.remove();
});

/** Each variation is synthesized once. */
function stageWith(change: Partial<StageConfig> = {}): SynthesizedStage {
  const key = JSON.stringify(change);
  const stage = made.get(key) ?? synthesize({ ...sampleConfig, ...change });
  made.set(key, stage);
  return stage;
}

function only<Found>(found: readonly Found[]): Found {
  const [first] = found;
  if (first === undefined || found.length > 1) throw new Error(`${found.length} resources where one was expected`);
  return first;
}

const [home = '', away = ''] = sampleConfig.regions;
const allTemplates = (stage: SynthesizedStage): Resource[] =>
  [...stage.templates.values()].flatMap(({ Resources }) => Object.values(Resources));

describe('the stacks of a stage', () => {
  it('are made in both regions', () => {
    const names = [...stageWith().templates.keys()];
    const layers = ['foundation', 'data', 'consumers', 'observability'];
    for (const region of [home, away])
      expect(names).toEqual(expect.arrayContaining(layers.map((l) => `${l}-${region}`)));
  });

  it('are deployed after what they need: layer by layer, tables of both regions before any function', () => {
    const order = (stage: SynthesizedStage, stack: string) => stage.dependencies.get(stack)?.toSorted();
    expect(order(stageWith(), `data-${away}`)).toEqual([`foundation-${away}`]);
    expect(order(stageWith(), `consumers-${away}`)).toEqual([`data-${home}`, `data-${away}`, `foundation-${away}`]);
    expect(order(stageWith(), `observability-${home}`)).toEqual([`consumers-${home}`]);
    const globalTable = stageWith({ replication: 'global-table' });
    expect(order(globalTable, `data-${home}`)).toEqual([`foundation-${home}`, `foundation-${away}`]);
    expect(order(globalTable, `data-${away}`)).toEqual([`data-${home}`, `foundation-${away}`]);
  });

  it('take nothing from a stack of another region', () => {
    for (const [name, template] of stageWith().templates) {
      const other = name.endsWith(home) ? away : home;
      const text = JSON.stringify(template);
      expect(text.match(/"Fn::ImportValue":"[^"]+/g)?.filter((value) => value.includes(other)) ?? []).toEqual([]);
      expect(text).not.toContain('Custom::CrossRegion');
    }
  });

  it('ask for no value at the time of synthesis', () => {
    const text = JSON.stringify([...stageWith().templates.values()]);
    expect(text).not.toMatch(/dummy-value-for-|AWS::SSM::Parameter::Value<(?!String>","Default":"\/cdk-bootstrap)/);
  });

  it('say of everything that holds data whether it outlives its stack; what failed to be made never does', () => {
    const types =
      'DynamoDB::(Global)?Table|Kinesis::Stream|S3::Bucket|SQS::Queue|OpenSearchService::Domain|Logs::LogGroup';
    const holding = new RegExp(`^AWS::(${types})$`);
    const kept = (stage: SynthesizedStage) => [
      ...new Set(
        allTemplates(stage)
          .filter(({ Type }) => holding.test(Type))
          .map(({ DeletionPolicy, UpdateReplacePolicy }) => `${DeletionPolicy} ${UpdateReplacePolicy}`),
      ),
    ];
    expect(kept(stageWith())).toEqual(['RetainExceptOnCreate Retain']);
    expect(kept(stageWith({ stage: 'trial', removal: 'destroy' }))).toEqual(['Delete Delete']);
  });
});

describe('the source table', () => {
  it('sends every change to Kinesis with microseconds, and keeps a stream of both images', () => {
    for (const region of [home, away]) {
      const table = resourcesOf(stageWith(), `data-${region}`, 'AWS::DynamoDB::Table').find(
        ({ id }) => id === 'SourceTable',
      );
      expect(table?.Properties).toMatchObject({
        TableName: 'tributary-production-users',
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        KinesisStreamSpecification: { ApproximateCreationDateTimePrecision: 'MICROSECOND' },
        TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
        DeletionProtectionEnabled: true,
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      });
    }
  });

  it('is one global table in the first region, whose replicas each have their Kinesis stream', () => {
    const stage = stageWith({ replication: 'global-table' });
    const table = only(resourcesOf(stage, `data-${home}`, 'AWS::DynamoDB::GlobalTable'));
    const replicas = [home, away].map((Region) => ({
      Region,
      KinesisStreamSpecification: { ApproximateCreationDateTimePrecision: 'MICROSECOND' },
    }));
    expect(table.Properties).toMatchObject({ Replicas: replicas });
    expect(resourcesOf(stage, `data-${away}`, 'AWS::DynamoDB::GlobalTable')).toEqual([]);
    expect(resourcesOf(stage, `data-${away}`, 'Custom::ReplicaStream')).toHaveLength(1);
  });

  it('stays its owner’s when it is imported: only its Kinesis destination is made', () => {
    const streamArnByRegion = Object.fromEntries(
      [home, away].map((region) => [region, `arn:aws:dynamodb:${region}:123456789012:table/people/stream/2026`]),
    );
    const stage = stageWith({ table: { kind: 'import', name: 'people', streamArnByRegion } });
    const tables = resourcesOf(stage, `data-${home}`, 'AWS::DynamoDB::Table').map(({ id }) => id);
    expect(tables).not.toContain('SourceTable');
    const destination = only(resourcesOf(stage, `data-${home}`, 'Custom::KinesisDestination'));
    expect(JSON.stringify(destination.Properties.Create)).toContain('MICROSECOND');
    const mapping = resourcesOf(stage, `consumers-${home}`, 'AWS::Lambda::EventSourceMapping').find(
      ({ id }) => id === 'MappingAggregates',
    );
    expect(mapping?.Properties.EventSourceArn).toBe(streamArnByRegion[home]);
  });
});

describe('functions', () => {
  it('are in the VPC of the search domain when they touch search, and only then', () => {
    const inVpc = resourcesOf(stageWith(), `consumers-${home}`, 'AWS::Lambda::Function')
      .filter(({ Properties }) => Properties.VpcConfig !== undefined)
      .map(({ id }) => id);
    expect(inVpc).toContain('FunctionSearchIndex');
    expect(inVpc).not.toContain('FunctionAggregates');
    const none = stageWith({ search: { kind: 'none' } });
    expect(allTemplates(none).filter(({ Type }) => /^AWS::(EC2::VPC|OpenSearchService::Domain)$/.test(Type))).toEqual(
      [],
    );
  });

  it('run on ARM on the newest Node, with logs that are forgotten after a month', () => {
    for (const { Properties } of resourcesOf(stageWith(), `consumers-${home}`, 'AWS::Lambda::Function')) {
      expect(Properties).toMatchObject({ Architectures: ['arm64'], Runtime: 'nodejs24.x' });
      expect(Properties).not.toHaveProperty('ReservedConcurrentExecutions');
    }
    for (const { Properties } of resourcesOf(stageWith(), `consumers-${home}`, 'AWS::Logs::LogGroup')) {
      expect(Properties.RetentionInDays).toBe(30);
    }
  });

  it('read Kinesis with throughput of their own where the configuration says so', () => {
    const stage = stageWith({ enhancedFanOut: ['search-index'] });
    const reader = only(resourcesOf(stage, `consumers-${home}`, 'AWS::Kinesis::StreamConsumer'));
    const mapping = resourcesOf(stage, `consumers-${home}`, 'AWS::Lambda::EventSourceMapping').find(
      ({ id }) => id === 'MappingSearchIndex',
    );
    expect(mapping?.Properties.EventSourceArn).toEqual({ 'Fn::GetAtt': [reader.id, 'ConsumerARN'] });
  });
});

describe('what operators find', () => {
  it('is a manifest of each region that fits into a parameter', () => {
    for (const region of [home, away]) {
      const manifest = only(resourcesOf(stageWith(), `consumers-${region}`, 'AWS::SSM::Parameter'));
      expect(manifest.Properties).toMatchObject({ Name: '/tributary/production/manifest', Type: 'String' });
      const text = JSON.stringify(manifest.Properties.Value);
      expect(text).toContain('tributary-production-operator');
      // Systems Manager User Guide, "Managing parameter tiers": 4 KB.
      expect(text.length).toBeLessThan(4_096);
    }
  });

  it('is a function in the VPC of the search domain, which may reach the domain and nothing else', () => {
    const functions = resourcesOf(stageWith(), `consumers-${home}`, 'AWS::Lambda::Function');
    expect(functions.find(({ id }) => id === 'FunctionOperator')?.Properties.VpcConfig).toBeDefined();
    const none: StageConfig['search'] = { kind: 'none' };
    const without = resourcesOf(stageWith({ search: none }), `consumers-${home}`, 'AWS::Lambda::Function');
    expect(without.map(({ id }) => id)).not.toContain('FunctionOperator');
  });

  it('is a function outside of any VPC for a public search domain, with a role that the domain knows', () => {
    const { search } = sampleConfig;
    if (search.kind !== 'domain') throw new Error('the sample stage has no search domain');
    const stage = stageWith({ search: { ...search, network: 'public' } });
    const functions = resourcesOf(stage, `consumers-${home}`, 'AWS::Lambda::Function');
    const operator = functions.find(({ id }) => id === 'FunctionOperator');
    expect(operator).toBeDefined();
    expect(operator?.Properties.VpcConfig).toBeUndefined();
    const manifest = only(resourcesOf(stage, `consumers-${home}`, 'AWS::SSM::Parameter'));
    expect(JSON.stringify(manifest.Properties.Value)).toContain('tributary-production-operator');
    const { Roles } = only(resourcesOf(stage, `data-${home}`, 'Custom::SearchSetup')).Properties;
    expect(Roles).toContainEqual(expect.objectContaining({ Name: 'operator', Permissions: operatorPermissions }));
  });
});

describe('email', () => {
  it('has its events brought to the settler: configuration set, topic, queue, mapping', () => {
    const destination = only(resourcesOf(stageWith(), `data-${home}`, 'AWS::SES::ConfigurationSetEventDestination'));
    expect(destination.Properties.EventDestination).toMatchObject({
      Enabled: true,
      MatchingEventTypes: ['SEND', 'DELIVERY', 'BOUNCE', 'COMPLAINT', 'REJECT'],
    });
    expect(only(resourcesOf(stageWith(), `data-${home}`, 'AWS::SNS::Subscription')).Properties).toMatchObject({
      Protocol: 'sqs',
      RawMessageDelivery: true,
    });
    const mappings = resourcesOf(stageWith(), `consumers-${home}`, 'AWS::Lambda::EventSourceMapping');
    expect(mappings.find(({ id }) => id === 'MappingEmailSettlerEmailEvents')?.Properties).toMatchObject({
      BatchSize: 10,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  it('leaves an identity alone that exists', () => {
    const existing = stageWith({ sender: { ...sampleConfig.sender, identity: 'existing' } });
    expect(allTemplates(existing).filter(({ Type }) => Type === 'AWS::SES::EmailIdentity')).toEqual([]);
    expect(resourcesOf(stageWith(), `data-${home}`, 'AWS::SES::EmailIdentity')).toHaveLength(1);
    expect(resourcesOf(stageWith(), `data-${away}`, 'AWS::SES::ConfigurationSet')).toEqual([]);
  });
});

describe('buckets', () => {
  it('are closed to the public and to plain HTTP, encrypted, and forget', () => {
    for (const region of [home, away]) {
      const buckets = resourcesOf(stageWith(), `data-${region}`, 'AWS::S3::Bucket');
      expect(buckets.map(({ id }) => id)).toEqual(
        expect.arrayContaining(['BucketFailures', 'BucketTributaryArchive', 'BucketAccessLogs']),
      );
      for (const { Properties } of buckets) {
        expect(Properties).toMatchObject({
          BucketEncryption: expect.anything(),
          PublicAccessBlockConfiguration: {
            BlockPublicAcls: true,
            BlockPublicPolicy: true,
            IgnorePublicAcls: true,
            RestrictPublicBuckets: true,
          },
          LifecycleConfiguration: { Rules: [{ Status: 'Enabled', ExpirationInDays: expect.any(Number) }] },
        });
      }
      const policies = resourcesOf(stageWith(), `data-${region}`, 'AWS::S3::BucketPolicy');
      expect(policies).toHaveLength(buckets.length);
      for (const { Properties } of policies) {
        expect(JSON.stringify(Properties.PolicyDocument)).toContain('"aws:SecureTransport":"false"');
      }
    }
  });
});
