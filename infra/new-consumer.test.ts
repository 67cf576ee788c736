import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamConsumerDefinition } from '../shared/runtime/consumer-definition.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';
import { resourcesOf, type SynthesizedStage, synthesize } from './testing/synthesize.ts';

/** All there is of a consumer for the deployment: the definition in its folder, and its line in the registry. */
const loyalty: StreamConsumerDefinition = {
  name: 'loyalty-points',
  summary: 'Points for each purchase',
  timeoutS: 30,
  memoryMb: 256,
  strategy: 'each',
  uses: [
    {
      kind: 'table',
      name: 'points',
      variable: 'POINTS_TABLE',
      partitionKey: { name: 'user', type: 'S' },
      sortKey: { name: 'purchase', type: 'S' },
      globalIndexes: [{ name: 'by-purchase', partitionKey: { name: 'purchase', type: 'S' } }],
      actions: ['dynamodb:PutItem', 'dynamodb:Query'],
    },
  ],
  trigger: {
    kind: 'kinesis',
    mapping: {
      startingPosition: 'TRIM_HORIZON',
      batchSize: 50,
      maximumBatchingWindowS: 2,
      parallelizationFactor: 3,
      tumblingWindowS: 0,
      maximumRetryAttempts: -1,
      maximumRecordAgeS: 3600,
      bisectBatchOnFunctionError: true,
      reportBatchItemFailures: true,
      onFailure: 's3',
    },
  },
};

/** What a consumer adds to a stage, by type, in both regions. */
let before: SynthesizedStage;
let after: SynthesizedStage;

beforeAll(() => {
  before = synthesize(sampleConfig);
  after = synthesize(sampleConfig, { ...house, registry: [...house.registry, loyalty] });
});
afterAll(() => {
  before.remove();
  after.remove();
});

function added(stack: string, type: string) {
  const known = new Set(resourcesOf(before, stack, type).map(({ id }) => id));
  return resourcesOf(after, stack, type).filter(({ id }) => !known.has(id));
}

describe.each(sampleConfig.regions)('a folder and its line in the registry add in %s', (where) => {
  it('a function with its variables', () => {
    const [fn] = added(`consumers-${where}`, 'AWS::Lambda::Function');
    expect(fn?.Properties).toMatchObject({
      FunctionName: 'tributary-production-loyalty-points',
      Timeout: 30,
      MemorySize: 256,
      Environment: { Variables: { POINTS_TABLE: 'tributary-production-points' } },
    });
  });

  it('a mapping with every setting and its failure destination', () => {
    const mappings = added(`consumers-${where}`, 'AWS::Lambda::EventSourceMapping');
    expect(mappings.map(({ id }) => id)).toEqual(['MappingLoyaltyPoints']);
    expect(mappings[0]?.Properties).toMatchObject({
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 50,
      MaximumBatchingWindowInSeconds: 2,
      ParallelizationFactor: 3,
      MaximumRetryAttempts: -1,
      MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      MetricsConfig: { Metrics: ['EventCount'] },
    });
    expect(JSON.stringify(mappings[0]?.Properties.DestinationConfig)).toContain('tributary-production-failures-');
  });

  it('its table', () => {
    expect(added(`data-${where}`, 'AWS::DynamoDB::Table').map(({ id }) => id)).toEqual(['TablePoints']);
  });

  it('leave for what it declares, and for nothing else', () => {
    const [role] = added(`consumers-${where}`, 'AWS::IAM::Role');
    const [policy] = role?.Properties.Policies as readonly { PolicyDocument: { Statement: readonly Statement[] } }[];
    const statements = policy?.PolicyDocument.Statement ?? [];
    const actionsOf = (sid: string) => statements.find(({ Sid }) => Sid === sid)?.Action;
    expect(actionsOf('TablePoints')).toEqual(['dynamodb:PutItem', 'dynamodb:Query']);
    expect(actionsOf('TablePointsIndexes')).toEqual(['dynamodb:Query']);
    expect(actionsOf('FailureObjects')).toEqual(['s3:PutObject']);
    expect(actionsOf('DeadLetters')).toEqual(['s3:GetObject', 's3:PutObject']);
    expect(statements.flatMap(({ Action }) => Action).filter((action) => action.startsWith('dynamodb:'))).toEqual([
      'dynamodb:PutItem',
      'dynamodb:Query',
      'dynamodb:Query',
    ]);
  });

  it('alarms, each with a section of docs/operate.md to go to', () => {
    const alarms = [`consumers-${where}`, `observability-${where}`].flatMap((stack) =>
      added(stack, 'AWS::CloudWatch::Alarm'),
    );
    const runbook = readFileSync(new URL('../docs/operate.md', import.meta.url), 'utf8');
    expect(alarms.length).toBeGreaterThan(5);
    for (const { Properties } of alarms) {
      const [, section = ''] = String(Properties.AlarmDescription).match(/operate\.md#([\w-]+)$/) ?? [];
      expect(runbook.split('\n')).toContain(`### ${section}`);
    }
  });

  it('a row of the dashboard', () => {
    const bodies = resourcesOf(after, `observability-${where}`, 'AWS::CloudWatch::Dashboard');
    expect(JSON.stringify(bodies)).toContain('loyalty-points');
    expect(JSON.stringify(resourcesOf(before, `observability-${where}`, 'AWS::CloudWatch::Dashboard'))).not.toContain(
      'loyalty-points',
    );
  });
});

describe('a consumer with mistakes', () => {
  it('is refused before anything is made', () => {
    const registry = [...house.registry, { ...loyalty, timeoutS: 1000 }];
    expect(() => synthesize(sampleConfig, { ...house, registry })).toThrow('loyalty-points: timeoutS must be 1 to 900');
  });

  it('is told when Kinesis has no room for another reader', () => {
    const registry = [...house.registry, loyalty, { ...loyalty, name: 'badges', uses: [] }];
    expect(() => synthesize(sampleConfig, { ...house, registry })).toThrow('6 consumers read the kinesis source');
  });
});

interface Statement {
  readonly Sid: string;
  readonly Action: readonly string[];
}
