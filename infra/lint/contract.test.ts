import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { mappingSettings } from '../../local/pipeline/mappings.ts';
import { readConfig } from '../../shared/runtime/config.ts';
import { isStreamConsumer, type ResourceDefinition } from '../../shared/runtime/consumer-definition.ts';
import { sidOf } from '../grants.ts';
import { planRegion, type RegionPlan } from '../region-plan.ts';
import { house, sampleConfig } from '../testing/sample-stage.ts';
import { resourcesOf, synthesize } from '../testing/synthesize.ts';
import { flat } from '../wildcards.ts';
import { lint } from './lint.ts';

const stage = synthesize(sampleConfig);
afterAll(() => stage.remove());

const place = (region: string) => ({ region, account: '<AWS::AccountId>', partition: '<AWS::Partition>' });
const plans = sampleConfig.regions.map((region) => planRegion(sampleConfig, { house, place: place(region) }));
/** Every function of every region. */
const deployed = plans.flatMap((plan) => plan.consumers.map((definition) => ({ plan, definition })));
const titled = deployed.map((each) => [`${each.definition.name} in ${each.plan.region}`, each] as const);
const withMapping = titled.flatMap(([title, { plan, definition }]) =>
  isStreamConsumer(definition) ? [[title, { plan, definition }] as const] : [],
);

type Deployed = (typeof deployed)[number];

function resource({ plan, definition }: Deployed, kind: 'Function' | 'Mapping') {
  const type = kind === 'Function' ? 'AWS::Lambda::Function' : 'AWS::Lambda::EventSourceMapping';
  const id = `${kind}${sidOf(definition.name)}`;
  const found = resourcesOf(stage, `consumers-${plan.region}`, type).find((each) => each.id === id);
  if (found === undefined) throw new Error(`There is no ${id} in ${plan.region}.`);
  return found.Properties;
}

/** Lambda sets them, the SDK, Powertools or Node read them: `readConfig` knows nothing of them. */
const aroundOurCode = ['NODE_OPTIONS', 'POWERTOOLS_SERVICE_NAME'];

describe('the templates', () => {
  it('break no rule of the linter', () => {
    const findings = lint(stage.files.map((file) => ({ file, text: readFileSync(file, 'utf8') })));
    expect(findings.map(({ rule, where, found }) => `${rule.name}: ${where}: ${found}`)).toEqual([]);
  });
});

describe('a function', () => {
  it.each(titled)('%s is given the variables that it reads, and no others', (_title, each) => {
    const { Variables = {} } = resource(each, 'Function').Environment as { Variables?: Record<string, unknown> };
    const values = Object.entries(Variables).map(([name, value]) => [name, plausible(name, value)] as const);
    const read = new Set<string>();
    const environment = new Proxy<Record<string, string>>(
      { AWS_REGION: each.plan.region, ...Object.fromEntries(values) },
      {
        get: (all, name) => {
          read.add(String(name));
          return all[String(name)];
        },
      },
    );
    readConfig(each.definition, environment);
    const set = Object.keys(Variables).filter((name) => !aroundOurCode.includes(name));
    expect(set.toSorted()).toEqual([...read].filter((name) => name !== 'AWS_REGION').toSorted());
  });

  it.each(titled)('%s has the memory and the timeout of its definition', (_title, each) => {
    const { timeoutS: Timeout, memoryMb: MemorySize } = each.definition;
    expect(resource(each, 'Function')).toMatchObject({ Timeout, MemorySize });
  });

  it.each(titled)('%s may do what its sinks declare, and to what it declares to use', (_title, each) => {
    const allowed = allowedFor(each);
    for (const [target, actions] of declaredFor(each)) {
      expect(allowed.get(target), target).toEqual([...actions].toSorted());
    }
    const declared = new Set(declaredFor(each).keys());
    const others = [...allowed].filter(([target]) => !declared.has(target));
    for (const [target, actions] of others) {
      expect(
        actions.filter((action) => !isPlumbing(each, action, target)),
        target,
      ).toEqual([]);
    }
  });
});

describe('a mapping', () => {
  it.each(withMapping)('of %s has the settings that the laptop runs it with', (_title, each) => {
    const {
      UUID: _,
      EventSourceArn: _source,
      FunctionName: _name,
      DestinationConfig: _to,
      ...settings
    } = mappingSettings(each.definition, 'arn', 'arn:aws:s3:::failures');
    expect(resource(each, 'Mapping')).toMatchObject(settings);
  });
});

/** A value that CloudFormation fills in, as it could look like. */
function plausible(name: string, value: unknown): string {
  if (typeof value === 'string') return value;
  return name.endsWith('URL') || name.endsWith('ENDPOINT') ? 'https://example.com/a' : 'filled-in';
}

/** Actions by the resource that they are allowed on. */
function allowedFor({ plan, definition }: Deployed): ReadonlyMap<string, readonly string[]> {
  const roles = resourcesOf(stage, `consumers-${plan.region}`, 'AWS::IAM::Role');
  const role = roles.find(({ Properties }) => Properties.RoleName === plan.names.role(definition.name));
  const policies = (role?.Properties.Policies ?? []) as { PolicyDocument: { Statement: Statement[] } }[];
  const allowed = new Map<string, string[]>();
  for (const { Action, Resource } of policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement)) {
    for (const target of [Resource].flat().map(flat)) {
      allowed.set(target, [...(allowed.get(target) ?? []), ...[Action].flat()].toSorted());
    }
  }
  return allowed;
}

interface Statement {
  readonly Action: string | string[];
  readonly Resource: unknown;
}

/** What sinks declare, by the ARN of what they use. */
function declaredFor({ plan, definition }: Deployed): ReadonlyMap<string, readonly string[]> {
  return new Map(definition.uses.map((use) => [targetOf(use, plan), boundActions(use)]));
}

function targetOf(use: ResourceDefinition, plan: RegionPlan): string {
  const { names, otherRegion = '' } = plan;
  switch (use.kind) {
    case 'table':
      return names.tableArn(names.table(use.name));
    case 'sourceTable':
      return names.tableArn(plan.sourceTable);
    case 'replicaTable':
      return names.tableArn(plan.sourceTable).replace(plan.region, otherRegion);
    case 'searchIndex':
      return `${names.domainArn}/*`;
    case 'bucket':
      return `${names.bucketArn(names.bucket(use.name))}/*`;
    case 'emailIdentity':
      return names.configurationSetArn;
    case 'failures':
      return `${names.bucketArn(names.failuresBucket)}/dead-letters/${use.consumer}/*`;
  }
}

/** SES has no resource for looking at the account; a table's stream is one of its own. */
function boundActions(use: ResourceDefinition): readonly string[] {
  if (use.kind === 'failures') return ['s3:GetObject'];
  return use.actions.filter((action) => action !== 'ses:GetAccount' && !ofStream.test(action));
}

const ofStream = /^dynamodb:(DescribeStream|Get(Records|ShardIterator)|ListStreams)$/;

/** Logs, the source, dead letters, failure objects, indexes, the network: what no sink knows of. */
function isPlumbing({ plan, definition }: Deployed, action: string, target: string): boolean {
  const { names } = plan;
  const failures = names.bucketArn(names.failuresBucket);
  const looksAtFailures = definition.uses.some(({ kind }) => kind === 'failures');
  const allowed: readonly (readonly [RegExp, boolean])[] = [
    [/^logs:(CreateLogStream|PutLogEvents)$/, target.includes(`log-group:${names.logGroup(definition.name)}:`)],
    [ofStream, target.endsWith('/stream/*')],
    [/^kinesis:(Describe|Get|List)/, target === names.kinesisStreamArn],
    [/^s3:(Get|Put)Object$/, target.startsWith(`${failures}/dead-letters/${definition.name}/`)],
    [/^s3:PutObject$/, target === `${failures}/aws/lambda/*`],
    [/^s3:GetObject$/, looksAtFailures && /\/(aws\/lambda|failure-states)\/\*$/.test(target)],
    [/^s3:ListBucket$/, target === failures],
    [/^sqs:SendMessage$/, target === names.queueArn(names.deadLetterQueue)],
    [/^sqs:(Receive|Delete)Message$|^sqs:GetQueueAttributes$/, target.includes('EmailEvents')],
    [/^dynamodb:Query$/, target.includes('/index/')],
    [/^ses:SendEmail$/, target === names.identityArn('example.com')],
    [/^ses:GetAccount$/, target === '*'],
    [/^ec2:\w*NetworkInterfaces?$|^ec2:DescribeSubnets$/, target === '*'],
  ];
  return allowed.some(([actions, isTarget]) => isTarget && actions.test(action));
}
