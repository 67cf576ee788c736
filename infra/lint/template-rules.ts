import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import type { LintedResource } from './inventory.ts';
import type { Rule } from './rule.ts';

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg';
const cloudformation = 'https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference';
const dynamodb = 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide';

const tables = ['AWS::DynamoDB::Table', 'AWS::DynamoDB::GlobalTable'];
const holdsData = [
  ...tables,
  'AWS::Kinesis::Stream',
  'AWS::S3::Bucket',
  'AWS::SQS::Queue',
  'AWS::OpenSearchService::Domain',
  'AWS::Logs::LogGroup',
];

/** Rules about what is around mappings, which only templates tell. */
export const templateRules: readonly Rule[] = [
  {
    name: 'queue-visibility',
    meaning:
      'A queue hides a message for six timeouts of its function: else it is delivered again while it is worked on',
    source: `${lambda}/services-sqs-configure.html`,
    problems: ({ mappings }) =>
      mappings
        .filter(({ kind }) => kind === 'sqs')
        .flatMap(({ where, sourceResource, functionResource }) => {
          if (sourceResource === undefined || functionResource === undefined) return [];
          const hiddenS = Number(sourceResource.properties.VisibilityTimeout ?? 30);
          const timeoutS = Number(functionResource.properties.Timeout ?? 3);
          return hiddenS >= 6 * timeoutS ? [] : [{ where, found: `${hiddenS} s for a function of ${timeoutS} s` }];
        }),
  },
  {
    name: 'queue-dead-letters',
    meaning:
      'A queue of a mapping has a dead-letter queue: else a message that always fails comes for two weeks and is gone',
    source: `${lambda}/services-sqs-configure.html`,
    problems: ({ mappings }) =>
      mappings
        .filter(({ kind }) => kind === 'sqs')
        .flatMap(({ where, sourceResource }) =>
          sourceResource === undefined || sourceResource.properties.RedrivePolicy !== undefined
            ? []
            : [{ where, found: 'RedrivePolicy is not set' }],
        ),
  },
  {
    name: 'removal-explicit',
    meaning: 'What holds data says whether it outlives its stack, and its replacement: no default decides that',
    source: 'https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-attribute-deletionpolicy.html',
    problems: each(holdsData, ({ deletionPolicy, updateReplacePolicy }) =>
      deletionPolicy !== undefined && updateReplacePolicy !== undefined
        ? undefined
        : `DeletionPolicy is ${deletionPolicy ?? 'not set'}, UpdateReplacePolicy ${updateReplacePolicy ?? 'not set'}`,
    ),
  },
  {
    name: 'retention-explicit-logs',
    meaning: 'A log group says when it forgets: else it keeps everything for ever',
    source: `${cloudformation}/aws-resource-logs-loggroup.html`,
    problems: each(['AWS::Logs::LogGroup'], ({ properties }) => missing(properties.RetentionInDays, 'RetentionInDays')),
  },
  {
    name: 'retention-explicit-kinesis',
    meaning: 'A Kinesis stream says how long it keeps a record: that is how long a consumer may be paused',
    source: `${cloudformation}/aws-resource-kinesis-stream.html`,
    problems: each(['AWS::Kinesis::Stream'], ({ properties }) =>
      missing(properties.RetentionPeriodHours, 'RetentionPeriodHours'),
    ),
  },
  {
    name: 'both-images',
    meaning: 'The stream of a table has both images: what a change took away is in the old one',
    source: `${dynamodb}/Streams.html`,
    problems: each(tables, ({ properties: { StreamSpecification: stream } }) => {
      if (!isJsonObject(stream) || stream.StreamViewType === 'NEW_AND_OLD_IMAGES') return undefined;
      return `StreamViewType is ${String(stream.StreamViewType)}`;
    }),
  },
  {
    name: 'microseconds',
    meaning: 'Kinesis gets creation times in microseconds: milliseconds do not tell two changes of an item apart',
    source: `${dynamodb}/kds.html`,
    problems: each(tables, ({ properties }) => {
      const replicas = Array.isArray(properties.Replicas) ? properties.Replicas.filter(isJsonObject) : [];
      const destinations = [properties, ...replicas]
        .map((each) => each.KinesisStreamSpecification)
        .filter(isJsonObject);
      const coarse = destinations.some((each) => each.ApproximateCreationDateTimePrecision !== 'MICROSECOND');
      return coarse ? 'ApproximateCreationDateTimePrecision is not MICROSECOND' : undefined;
    }),
  },
];

function each(types: readonly string[], found: (resource: LintedResource) => string | undefined): Rule['problems'] {
  return ({ resources }) =>
    resources
      .filter(({ type }) => types.includes(type))
      .flatMap((resource) => {
        const problem = found(resource);
        return problem === undefined ? [] : [{ where: resource.where, found: problem }];
      });
}

function missing(value: unknown, name: string): string | undefined {
  return value === undefined ? `${name} is not set` : undefined;
}
