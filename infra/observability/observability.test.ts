import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, it } from 'vitest';
import { definition as archive } from '../../functions/archive/definition.ts';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { type AlarmName, alarms } from '../../shared/runtime/alarm-catalogue.ts';
import { type ConsumerDefinition, isStreamConsumer } from '../../shared/runtime/consumer-definition.ts';
import { customMetricCount } from '../../shared/runtime/emitted-metrics.ts';
import { planRegion, type RegionPlan } from '../region-plan.ts';
import type { StageConfig } from '../stage-config.ts';
import { sampleConfig } from '../testing/sample-stage.ts';
import { alarmInstances, mappingAlarmInstances } from './alarm-instances.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { addMappingAlarms } from './mapping-alarms.ts';
import { ObservabilityStack } from './observability-stack.ts';

const account = '111122223333';

function planOf(
  region: string,
  changed: Partial<StageConfig> = {},
  consumers: readonly ConsumerDefinition[] = registry,
) {
  const config = { ...sampleConfig, ...changed };
  return planRegion(config, { house: { table, registry: consumers }, place: { region, account, partition: 'aws' } });
}

function names(plan: RegionPlan): readonly AlarmName[] {
  const ofMappings = plan.consumers
    .filter(isStreamConsumer)
    .flatMap((definition) => mappingAlarmInstances(plan, { definition, mappingId: 'uuid' }));
  return [...alarmInstances(plan, account), ...ofMappings].map(({ alarm }) => alarm);
}

function observability(plan: RegionPlan, otherPlan?: RegionPlan): Template {
  const other = otherPlan === undefined ? {} : { otherPlan };
  return Template.fromStack(new ObservabilityStack(new App(), 'observability', { plan, account, ...other }));
}

const home = planOf('eu-west-1');
const away = planOf('us-east-1');
const template = observability(home, away);
const alarmNamed = (name: string) => ({ AlarmName: `tributary-production-${name}` });

describe('the alarms of a region', () => {
  it('are all of the catalogue, where everything is deployed', () => {
    const global = planOf('eu-west-1', { replication: 'global-table' });
    const found = new Set([...names(home), ...names(global)]);
    expect([...found].toSorted()).toEqual(alarms.map(([name]) => name).toSorted());
  });

  it('each lead to their section of the runbook and tell the topic when they go on and off', () => {
    for (const { Properties } of Object.values(template.findResources('AWS::CloudWatch::Alarm'))) {
      const { AlarmName: name, AlarmDescription: description, AlarmActions, OKActions } = Properties;
      const section = alarms.find(([alarm]) => name.startsWith(`tributary-production-${alarm}`));
      expect(section, name).toBeDefined();
      expect(description, name).toContain('https://example.com/operate.md#');
      expect(description.length, name).toBeLessThan(1024);
      expect(AlarmActions).toEqual(['arn:aws:sns:eu-west-1:111122223333:tributary-production-alarms']);
      expect(OKActions).toEqual(AlarmActions);
    }
  });

  it('have names of their own', () => {
    const all = alarmInstances(home, account).map(({ alarmName }) => alarmName);
    expect(new Set(all).size).toBe(all.length);
  });

  it('count the hours until the mapping puts records aside, however long the source keeps them', () => {
    expect(home.config.kinesisRetentionH).toBeGreaterThan(20);
    const hours = (consumer: string, [left, threshold]: readonly [number, number]) => ({
      ...alarmNamed(`hours-until-data-loss-${consumer}`),
      Metrics: Match.arrayWith([Match.objectLike({ Expression: `${left} - m / 3600000`, ReturnData: true })]),
      Threshold: threshold,
      ComparisonOperator: 'LessThanThreshold',
    });
    for (const consumer of ['aggregates', 'search-index']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', hours(consumer, [20, 8]));
    }
    const mapping = { ...archive.trigger.mapping, maximumRecordAgeS: 3600 };
    const hasty = planOf('eu-west-1', {}, [{ ...archive, trigger: { kind: 'kinesis', mapping } }]);
    observability(hasty).hasResourceProperties('AWS::CloudWatch::Alarm', hours('archive', [1, 0.4]));
  });

  it('tell of every function that keeps failing, however seldom it runs', () => {
    const errors = (name: string, [Period, EvaluationPeriods, DatapointsToAlarm]: readonly number[]) => ({
      ...alarmNamed(`function-errors-${name}`),
      ...{ Period, EvaluationPeriods, DatapointsToAlarm, Threshold: 0, TreatMissingData: 'notBreaching' },
    });
    for (const name of ['aggregates', 'email-settler', 'canary-email']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', errors(name, [300, 3, 2]));
    }
    for (const name of ['audit-search', 'audit-replica', 'audit-email', 'audit-aggregates', 'tombstone-sweep']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', errors(name, [3600, 1, 1]));
    }
  });

  it('take thresholds from the timeout of the function and the volume of the domain', () => {
    const duration = {
      Threshold: 48_000,
      Dimensions: [{ Name: 'FunctionName', Value: 'tributary-production-aggregates' }],
    };
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarmNamed('function-duration-aggregates'),
      ...duration,
    });
    template.hasResourceProperties('AWS::CloudWatch::Alarm', { ...alarmNamed('search-disk'), Threshold: 25_600 });
  });

  it('ask for metrics of the Kinesis destination whatever its second dimension is', () => {
    const query =
      'SELECT SUM(FailedToReplicateRecordCount) FROM SCHEMA("AWS/DynamoDB", TableName, DelegatedOperation) ' +
      "WHERE TableName = 'tributary-production-users'";
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarmNamed('kinesis-destination-failed'),
      Metrics: [Match.objectLike({ Expression: query })],
    });
  });

  it('go on when nobody measures what users wait for', () => {
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarmNamed('search-late-canary-search'),
      TreatMissingData: 'breaching',
      Dimensions: [
        { Name: 'service', Value: 'canary-search' },
        { Name: 'stage', Value: 'tributary-production' },
      ],
    });
  });

  it.each([
    ['without search', { search: { kind: 'none' } }, /^search-/],
    ['in one region', { regions: ['eu-west-1'], replication: 'off' }, /^(replica|replication|global|writer-clock)-/],
    ['that replicates by itself', { replication: 'active-active' }, /^global-/],
  ] as const)('%s leave out what is not there', (_what, changed, left) => {
    const plan = planOf('eu-west-1', changed as Partial<StageConfig>);
    expect(names(plan).filter((name) => left.test(name))).toEqual([]);
    expect(names(plan)).toContain('iterator-age');
  });

  it('where no email is sent leave out what is about emails', () => {
    expect(names(away).filter((name) => name.startsWith('email'))).toEqual([]);
  });
});

describe('the alarms of mappings', () => {
  it('are in the stack of the mapping, by its id', () => {
    const stack = new Stack(new App(), 'consumers');
    for (const definition of home.consumers.filter(isStreamConsumer)) {
      addMappingAlarms(stack, { plan: home, definition, mappingId: `id-of-${definition.name}` });
    }
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...alarmNamed('polled-events-missing-archive'),
      Dimensions: [{ Name: 'EventSourceMappingUUID', Value: 'id-of-archive' }],
      TreatMissingData: 'breaching',
    });
    const ids = Object.values(template.findResources('AWS::CloudWatch::Alarm'));
    expect(JSON.stringify(ids)).not.toContain('EventSourceMappingUUID');
  });
});

describe('the one alarm that users notice something', () => {
  it('is on while any alarm is that they notice', () => {
    const [composite] = Object.values(template.findResources('AWS::CloudWatch::CompositeAlarm'));
    const { AlarmRule: rule, AlarmName: name } = composite?.Properties ?? {};
    expect(name).toBe('tributary-production-users-affected');
    for (const { alarmName, definition } of alarmInstances(home, account)) {
      expect(rule.includes(`ALARM("${alarmName}")`), alarmName).toBe(definition.userVisible === true);
    }
    expect(rule.length).toBeLessThan(10_240);
  });
});

describe('the topic of alarms', () => {
  function topicOf(plan: RegionPlan): Template {
    const stack = new Stack(new App(), 'foundation');
    new AlarmTopic(stack, 'AlarmTopic', { plan });
    return Template.fromStack(stack);
  }

  it('is encrypted with a customer key only, because with the key of AWS alarms could not use it', () => {
    topicOf(home).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
    const key = 'arn:aws:kms:eu-west-1:111122223333:key/mine';
    const keyed = planOf('eu-west-1', { keys: { arnByRegion: { 'eu-west-1': key, 'us-east-1': key } } });
    topicOf(keyed).hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: key });
  });

  it('tells the configured address', () => {
    topicOf(home).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'oncall@example.com',
    });
  });
});

describe('what it costs', () => {
  it.each([home, away])('is at most 60 metrics of our own in a region', ({ consumers }) => {
    expect(customMetricCount(consumers)).toBeLessThanOrEqual(60);
  });
});

describe('dashboards', () => {
  const bodies = Object.values(template.findResources('AWS::CloudWatch::Dashboard')).map(({ Properties }) => ({
    name: String(Properties.DashboardName),
    text: typeof Properties.DashboardBody === 'string' ? Properties.DashboardBody : JSON.stringify(Properties),
  }));
  const bodyOf = (thing: string) => bodies.find(({ name }) => name === `tributary-production-${thing}-eu-west-1`)?.text;

  it('are an overview, one with every function, and one with both regions', () => {
    expect(bodies.map(({ name }) => name)).toHaveLength(3);
    for (const { name, summary } of home.consumers) {
      expect(bodyOf('consumers')).toContain(`## ${name}`);
      expect(bodyOf('consumers')).toContain(summary);
    }
    for (const region of ['eu-west-1', 'us-east-1'])
      expect(bodyOf('regions')).toContain(`Hours until data loss, ${region}`);
  });

  it('fit their 24 columns', () => {
    for (const { text } of bodies) {
      for (const { x, width } of JSON.parse(text).widgets) expect(x + width).toBeLessThanOrEqual(24);
    }
  });
});

describe('a consumer that is added', () => {
  it('has its alarms and its row on the dashboard, and nothing of others moves', () => {
    const added = planOf('eu-west-1', {}, [...registry, { ...archive, name: 'audit-trail', summary: 'Keeps a trail' }]);
    const grown = observability(added, away);
    const before = template.findResources('AWS::CloudWatch::Alarm');
    const after = grown.findResources('AWS::CloudWatch::Alarm');
    expect(after).toMatchObject(before);
    const news = Object.keys(after).filter((id) => !Object.hasOwn(before, id));
    expect(news.length).toBeGreaterThanOrEqual(6);
    expect(news.every((id) => id.includes('AuditTrail'))).toBe(true);
    expect(JSON.stringify(grown.findResources('AWS::CloudWatch::Dashboard'))).toContain('Keeps a trail');
  });
});

describe('the stack', () => {
  it('refers to no other stack', () => {
    expect(JSON.stringify(template.toJSON())).not.toContain('Fn::ImportValue');
  });
});
