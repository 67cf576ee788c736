import { describe, expect, it } from 'vitest';
import type { StageConfig } from './stage-config.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';
import { assertValid, configProblems, placeholderProblems } from './validate-config.ts';

const domain = {
  kind: 'domain',
  network: 'vpc',
  instanceType: 'r7g.large.search',
  dataNodes: 2,
  volumeGb: 100,
} as const;
const streamArn = 'arn:aws:dynamodb:eu-west-1:123456789012:table/people/stream/2026-01-01T00:00:00.000';

describe('configProblems', () => {
  it('finds nothing in a configuration that can be deployed', () => {
    expect(configProblems(sampleConfig, house)).toEqual([]);
  });

  it.each<[field: string, change: object, say: string]>([
    ['name', { name: 'Tributary' }, 'lower-case'],
    ['name', { name: 'tributary-of-a-river' }, '27 characters'],
    ['name', { name: 't'.repeat(50) }, 'S3 allows 63'],
    ['stage', { stage: 'pre prod' }, 'lower-case'],
    ['regions', { regions: [] }, 'one region or two'],
    ['regions', { regions: ['Ireland', 'us-east-1'] }, 'such as eu-west-1'],
    ['regions', { regions: ['eu-west-1', 'eu-west-1'] }, 'two different'],
    ['emailRegion', { emailRegion: 'eu-north-1' }, 'eu-west-1, us-east-1'],
    ['replication', { regions: ['eu-west-1'] }, 'off, or two regions'],
    ['replication', { replication: 'both-ways' }, 'global-table'],
    ['alarmAddress', { alarmAddress: 'on call' }, 'email address'],
    ['runbookUrl', { runbookUrl: '' }, 'docs/operate.md'],
    ['sender.address', { sender: { ...sampleConfig.sender, address: 'welcome' } }, 'email address'],
    ['sender.identity', { sender: { ...sampleConfig.sender, identity: 'maybe' } }, 'existing'],
    ['sender.verifies', { sender: { ...sampleConfig.sender, verifies: 'host' } }, 'domain or address'],
    ['kinesis.mode', { kinesis: { mode: 'big' } }, 'onDemand or provisioned'],
    ['kinesis.shards', { kinesis: { mode: 'provisioned', shards: 0 } }, '1 to 10,000'],
    ['kinesisRetentionH', { kinesisRetentionH: 12 }, '24 to 8,760'],
    ['enhancedFanOut', { enhancedFanOut: ['aggregates'] }, 'search-index'],
    ['enhancedFanOut', { enhancedFanOut: ['archive', 'archive'] }, 'once'],
    ['archive', { archive: { expiresAfterDays: 0 } }, '1 to 36,500'],
    ['search.network', { search: { ...domain, network: 'intranet' } }, 'vpc or public'],
    ['search.instanceType', { search: { ...domain, instanceType: 'r7g.large' } }, 'r7g.large.search'],
    ['search.dataNodes', { search: { ...domain, dataNodes: 3 } }, 'even number'],
    ['search.volumeGb', { search: { ...domain, volumeGb: 1 } }, '10 to 3,072'],
    ['removal', { removal: 'destroy' }, 'retain'],
    ['removal', { removal: 'keep' }, 'retain or destroy'],
    ['table.name', { table: { kind: 'import', name: 'a', streamArnByRegion: {} } }, 'that exists'],
    [
      'table.streamArnByRegion["us-east-1"]',
      {
        table: {
          kind: 'import',
          name: 'people',
          streamArnByRegion: { 'eu-west-1': streamArn, 'us-east-1': streamArn },
        },
      },
      'people in us-east-1',
    ],
    ['keys.arnByRegion["eu-west-1"]', { keys: { arnByRegion: {} } }, 'eu-west-1'],
    [
      'keys.arnByRegion["us-east-1"]',
      { keys: { arnByRegion: { 'us-east-1': 'arn:aws:kms:us-east-1:123456789012:alias/data' } } },
      'no alias',
    ],
  ])('names %s in %j and says what to write', (field, change, say) => {
    const problems = configProblems({ ...sampleConfig, ...change } as StageConfig, house);
    expect(
      problems
        .filter((problem) => problem.field === field)
        .map((problem) => problem.say)
        .join(),
    ).toContain(say);
  });

  it('asks for a shorter name where a consumer with a long one would have no role', () => {
    const [consumer] = house.registry;
    if (consumer === undefined) throw new Error('the registry is empty');
    const registry = [...house.registry, { ...consumer, name: 'n'.repeat(40) }];
    expect(
      configProblems(sampleConfig, { ...house, registry })
        .map(({ say }) => say)
        .join(),
    ).toContain('IAM allows 64');
  });
});

describe('assertValid', () => {
  it('tells all problems at once, a line for each field', () => {
    const broken = { ...sampleConfig, kinesisRetentionH: 1, emailRegion: 'mars' };
    expect(() => assertValid(broken, house)).toThrow(
      /"production".*cannot be deployed:\n- emailRegion: .*\n- kinesisRet/,
    );
  });
});

describe('placeholderProblems', () => {
  it('lets nobody deploy with addresses that nobody reads', () => {
    expect(placeholderProblems(sampleConfig).map(({ field }) => field)).toEqual(['alarmAddress', 'sender.address']);
  });

  it('finds nothing once they are yours', () => {
    const sender = { ...sampleConfig.sender, address: 'welcome@tributary.dev' };
    expect(placeholderProblems({ ...sampleConfig, alarmAddress: 'oncall@tributary.dev', sender })).toEqual([]);
  });
});
