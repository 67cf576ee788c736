import { App, Stack, Validations } from 'aws-cdk-lib';
import { CfnRole } from 'aws-cdk-lib/aws-iam';
import { AwsSolutionsChecks } from 'cdk-nag';
import { afterAll, describe, expect, it } from 'vitest';
import type { Grant } from './grants.ts';
import { sampleConfig } from './testing/sample-stage.ts';
import { synthesize } from './testing/synthesize.ts';
import { acknowledgeWildcards, flat, policyDocument, wildcards } from './wildcards.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
}

/** Every allowing statement of every role and policy of a template, wherever it is. */
function statementsIn(value: unknown): readonly Statement[] {
  if (typeof value !== 'object' || value === null) return [];
  const here = 'Effect' in value && 'Action' in value && 'Resource' in value ? [value as Statement] : [];
  return [...here, ...Object.values(value).flatMap(statementsIn)];
}

const listOf = <Item>(value: Item | readonly Item[]): readonly Item[] =>
  Array.isArray(value) ? value : [value as Item];

describe('roles and policies', () => {
  const stage = synthesize(sampleConfig);
  afterAll(() => stage.remove());
  const identityTypes = ['AWS::IAM::Role', 'AWS::IAM::Policy', 'AWS::IAM::ManagedPolicy'];
  const used = [...stage.templates.values()]
    .flatMap(({ Resources }) => Object.values(Resources))
    .filter(({ Type }) => identityTypes.includes(Type))
    .flatMap(({ Properties }) => statementsIn(Properties))
    .flatMap(({ Action, Resource }) =>
      listOf(Resource).flatMap((resource) => listOf(Action).map((action) => ({ action, resource: flat(resource) }))),
    );

  it('have no wildcard in an action', () => {
    expect(used.filter(({ action }) => action.includes('*'))).toEqual([]);
  });

  it('have no wildcard in a resource but those of the closed list, for the actions that it gives', () => {
    const unlisted = used
      .filter(({ resource }) => resource.includes('*'))
      .filter(
        ({ action, resource }) => !wildcards.some((each) => each.resource.test(resource) && each.actions.test(action)),
      );
    expect(unlisted).toEqual([]);
  });

  it('need every entry of the list', () => {
    const needless = wildcards.filter(
      (each) => !used.some(({ action, resource }) => each.resource.test(resource) && each.actions.test(action)),
    );
    expect(needless.map(({ resource }) => String(resource))).toEqual([]);
  });
});

describe('a wildcard that is not on the list', () => {
  it.each<[what: string, grant: Grant]>([
    ['any table', { sid: 'A', actions: ['dynamodb:GetItem'], resources: ['arn:aws:dynamodb:::table/*'] }],
    ['everything', { sid: 'A', actions: ['s3:GetObject'], resources: ['*'] }],
    ['deleting objects', { sid: 'A', actions: ['s3:DeleteObject'], resources: ['arn:aws:s3:::b/dead-letters/*'] }],
  ])('fails the synthesis: %s', (_what, grant) => {
    const app = new App({ analyticsReporting: false });
    Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
    const role = new CfnRole(new Stack(app, 'Probe'), 'Role', {
      assumeRolePolicyDocument: { Version: '2012-10-17', Statement: [] },
      policies: [{ policyName: 'probe', policyDocument: policyDocument([grant]) }],
    });
    acknowledgeWildcards(role, [grant]);
    expect(() => app.synth()).toThrow('AwsSolutions-IAM5');
  });
});
