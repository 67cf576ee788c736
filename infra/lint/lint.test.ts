import { describe, expect, it } from 'vitest';
import { lint, rules, UnreadableFileError } from './lint.ts';

const streamArn = 'arn:aws:dynamodb:eu-west-1:111122223333:table/users/stream/2026-01-01T00:00:00.000';
const kinesisArn = 'arn:aws:kinesis:eu-west-1:111122223333:stream/changes';

const sound = {
  EventSourceArn: streamArn,
  FunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:counting',
  StartingPosition: 'TRIM_HORIZON',
  BatchSize: 100,
  BisectBatchOnFunctionError: true,
  FunctionResponseTypes: ['ReportBatchItemFailures'],
  MaximumRecordAgeInSeconds: 72_000,
  MaximumRetryAttempts: -1,
  ParallelizationFactor: 1,
  TumblingWindowInSeconds: 60,
  DestinationConfig: { OnFailure: { Destination: 'arn:aws:s3:::failures' } },
  MetricsConfig: { Metrics: ['EventCount'] },
};

const mappingResource = (Properties: object) => ({
  Type: 'AWS::Lambda::EventSourceMapping',
  Properties: { ...sound, FunctionName: { Ref: 'Counting' }, ...Properties },
});
const kept = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };

/** A template in which nothing is wrong, but for `Resources`. */
function template(Resources: object, rest: object = {}) {
  const all = {
    Counting: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 60 } },
    Changes: { Type: 'AWS::Kinesis::Stream', ...kept, Properties: { RetentionPeriodHours: 168 } },
    Users: {
      Type: 'AWS::DynamoDB::Table',
      ...kept,
      Properties: {
        StreamSpecification: { StreamViewType: 'NEW_AND_OLD_IMAGES' },
        KinesisStreamSpecification: { ApproximateCreationDateTimePrecision: 'MICROSECOND' },
      },
    },
    Mails: { Type: 'AWS::SQS::Queue', ...kept, Properties: { VisibilityTimeout: 360, RedrivePolicy: {} } },
    OfUsers: mappingResource({ EventSourceArn: { 'Fn::GetAtt': ['Users', 'StreamArn'] } }),
    OfChanges: mappingResource({ EventSourceArn: { 'Fn::GetAtt': ['Changes', 'Arn'] } }),
    OfMails: mappingResource({ EventSourceArn: { 'Fn::GetAtt': ['Mails', 'Arn'] } }),
    ...Resources,
  };
  return { file: 'a.json', text: JSON.stringify({ Resources: all, ...rest }) };
}

const listing = (...EventSourceMappings: object[]) => ({
  file: 'b.json',
  text: JSON.stringify({ EventSourceMappings }),
});
const names = (files: Parameters<typeof lint>[0]) => [...new Set(lint(files).map(({ rule }) => rule.name))];

describe('the linter', () => {
  it('finds nothing where nothing is wrong', () => {
    expect(lint([template({}), listing(sound, { ...sound, EventSourceArn: kinesisArn })])).toEqual([]);
  });

  it.each([
    ['partial-response', { FunctionResponseTypes: [] }],
    ['bisect', { BisectBatchOnFunctionError: false }],
    ['failure-destination', { DestinationConfig: { OnFailure: {} } }],
    ['whole-payload', { DestinationConfig: { OnFailure: { Destination: 'arn:aws:sqs:eu-west-1:1:queue' } } }],
    ['keeps-retrying', { MaximumRetryAttempts: 3 }],
    ['record-age', { MaximumRecordAgeInSeconds: -1 }],
    ['record-age', { MaximumRecordAgeInSeconds: 86_400 }],
    ['from-the-start', { StartingPosition: 'LATEST' }],
    ['one-order', { ParallelizationFactor: 2 }],
    ['event-metrics', { MetricsConfig: { Metrics: [] } }],
  ])('finds "%s" in a listing and in a template with %j', (name, change) => {
    expect(names([listing({ ...sound, ...change })])).toEqual([name]);
    expect(names([template({ Other: mappingResource(change) })])).toEqual([name]);
  });

  it('finds all that a mapping with the defaults of AWS lacks', () => {
    const { EventSourceArn, FunctionArn } = sound;
    expect(names([listing({ EventSourceArn, FunctionArn, StartingPosition: 'LATEST' })])).toEqual([
      'partial-response',
      'bisect',
      'failure-destination',
      'record-age',
      'from-the-start',
      'event-metrics',
    ]);
  });

  it('counts the readers of a stream over all files, and not those with throughput of their own', () => {
    const onKinesis = (arn: string) => ({ ...sound, EventSourceArn: arn });
    expect(names([listing(sound, sound), listing(sound)])).toEqual(['readers-of-a-stream']);
    const shared = Array.from({ length: 5 }, () => onKinesis(kinesisArn));
    expect(names([listing(...shared, onKinesis(`${kinesisArn}/consumer/a:1`))])).toEqual([]);
    expect(names([listing(...shared, onKinesis(kinesisArn))])).toEqual(['readers-of-a-kinesis-stream']);
  });

  it('lets a record of Kinesis grow as old as its stream allows', () => {
    const EventSourceArn = { Ref: 'Changes' };
    const aged = (hours: number) =>
      names([template({ Other: mappingResource({ EventSourceArn, MaximumRecordAgeInSeconds: hours * 3600 }) })]);
    expect(aged(164)).toEqual([]);
    expect(aged(165)).toEqual(['record-age']);
  });

  it.each([
    ['queue-visibility', { Counting: { Type: 'AWS::Lambda::Function', Properties: { Timeout: 61 } } }],
    ['queue-dead-letters', { Mails: { Type: 'AWS::SQS::Queue', ...kept, Properties: { VisibilityTimeout: 360 } } }],
    ['removal-explicit', { Bucket: { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain' } }],
    ['retention-explicit-logs', { Logs: { Type: 'AWS::Logs::LogGroup', ...kept } }],
    ['retention-explicit-kinesis', { Other: { Type: 'AWS::Kinesis::Stream', ...kept } }],
    [
      'both-images',
      {
        Other: {
          Type: 'AWS::DynamoDB::Table',
          ...kept,
          Properties: { StreamSpecification: { StreamViewType: 'NEW_IMAGE' } },
        },
      },
    ],
    [
      'microseconds',
      {
        Other: {
          Type: 'AWS::DynamoDB::GlobalTable',
          ...kept,
          Properties: { Replicas: [{ KinesisStreamSpecification: { StreamArn: kinesisArn } }] },
        },
      },
    ],
  ])('finds "%s" in a template', (name, Resources) => {
    expect(names([template(Resources)])).toEqual([name]);
  });

  it('follows what one template imports from another, and says when that is not given', () => {
    const imports = template({ Other: mappingResource({ EventSourceArn: { 'Fn::ImportValue': 'users-stream' } }) });
    expect(names([imports])).toEqual(['known-source']);
    const Value = { 'Fn::GetAtt': ['Users', 'StreamArn'] };
    const exporting = template({}, { Outputs: { Stream: { Value, Export: { Name: 'users-stream' } } } });
    expect(names([imports, { ...exporting, file: 'data.json' }])).toEqual([]);
  });

  it('reads a template as get-template prints it', () => {
    const { text } = template({ Other: mappingResource({ BisectBatchOnFunctionError: false }) });
    const wrapped = { file: 'c.json', text: JSON.stringify({ TemplateBody: JSON.parse(text) }) };
    expect(names([wrapped])).toEqual(['bisect']);
  });

  it.each([
    ['Resources:\n  A: !Ref B', /not JSON.*get-template/],
    ['{"a":1}', /neither a template/],
    ['[]', /no JSON object/],
  ])('refuses %j, saying what to give', (text, message) => {
    expect(() => lint([{ file: 'c.json', text }])).toThrow(message);
    expect(() => lint([{ file: 'c.json', text }])).toThrow(UnreadableFileError);
  });

  it('has rules with names of their own, each with the page of AWS that it follows from', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    for (const { source } of rules) expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  });
});
