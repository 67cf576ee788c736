import { describe, expect, it } from 'vitest';
import { operatorGrants, readerGrants } from './access.ts';
import { planRegion } from './region-plan.ts';
import { house, sampleConfig } from './testing/sample-stage.ts';
import { policyDocument, wildcards } from './wildcards.ts';

const place = { region: 'eu-west-1', account: '123456789012', partition: 'aws' };
const plan = planRegion(sampleConfig, { house, place });

describe('readerGrants', () => {
  it('let nobody read an item, an object or a mail, and change nothing', () => {
    const actions = readerGrants(plan).flatMap((grant) => grant.actions);
    expect(actions.filter((action) => !/:(Get|List|Describe|Filter)/.test(action))).toEqual([]);
    expect(
      actions.filter((action) => /^(s3:GetObject|dynamodb:(GetItem|Query|Scan)|kinesis:GetRecords)/.test(action)),
    ).toEqual([]);
  });
});

describe('operatorGrants', () => {
  const grants = operatorGrants(plan, place);

  it('let an operator do what a redrive does: all that the consumers may', () => {
    const table = plan.names.tableArn(plan.names.table('aggregates-checkpoints'));
    const ofTable = grants.filter(({ resources }) => resources.includes(table)).flatMap(({ actions }) => actions);
    expect(ofTable).toEqual(expect.arrayContaining(['dynamodb:ConditionCheckItem', 'dynamodb:PutItem']));
  });

  it('invoke the way to search, and not the master of the search domain', () => {
    const invoked = grants
      .filter(({ actions }) => actions.includes('lambda:InvokeFunction'))
      .flatMap((g) => g.resources);
    expect(invoked).toEqual([plan.names.functionArn('operator')]);
  });

  it('pause mappings of this stage’s functions alone', () => {
    expect(grants.find(({ actions }) => actions.includes('lambda:UpdateEventSourceMapping'))?.conditions).toEqual({
      ArnLike: { 'lambda:FunctionArn': 'arn:aws:lambda:eu-west-1:123456789012:function:tributary-production-*' },
    });
  });

  it('name each statement once', () => {
    const sids = grants.map(({ sid }) => sid);
    expect(sids).toEqual([...new Set(sids)]);
  });
});

/** The longest names that a configuration may have, in the region with the longest one, and keys of one's own. */
const keyIn = (region: string) => `arn:aws-us-gov:kms:${region}:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f`;
const longest = {
  ...sampleConfig,
  ...{ name: 'a'.repeat(14), stage: 'b'.repeat(13) },
  ...{ regions: ['ap-southeast-1', 'ap-northeast-2'], emailRegion: 'ap-southeast-1' },
  keys: { arnByRegion: { 'ap-southeast-1': keyIn('ap-southeast-1'), 'ap-northeast-2': keyIn('ap-northeast-2') } },
};

describe.each([
  ['as it is documented', sampleConfig, place],
  ['with names as long as can be', longest, { ...place, region: 'ap-southeast-1', partition: 'aws-us-gov' }],
])('the policies of a stage %s', (_what, config, at) => {
  const stage = planRegion(config, { house, place: at });

  it.each([
    ['reader', readerGrants(stage)],
    ['operator', operatorGrants(stage, at)],
  ])('fit into managed policies: %s', (_policy, grants) => {
    // IAM User Guide, "IAM and STS quotas": 6,144 characters without white space.
    expect(JSON.stringify(policyDocument(grants)).length).toBeLessThan(6_144);
  });
});

describe('the closed list of wildcards', () => {
  it('has a reason and a page of AWS for each', () => {
    for (const { reason, source } of wildcards) {
      expect(reason.length).toBeGreaterThan(20);
      expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/.+\.html/);
    }
  });
});
