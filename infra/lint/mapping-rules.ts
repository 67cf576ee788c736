import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';
import type { Inventory, LintedMapping } from './inventory.ts';
import type { Problem, Rule } from './rule.ts';

const lambda = 'https://docs.aws.amazon.com/lambda/latest/dg';

/** A person needs time to act before the source forgets: of its retention, these hours are left. */
const hoursToAct = 4;

/** Rules about one mapping of a stream. */
const streamRules: readonly (Omit<Rule, 'problems'> & {
  readonly found: (each: LintedMapping) => string | undefined;
})[] = [
  {
    name: 'bisect',
    meaning: 'BisectBatchOnFunctionError is true: else one record that fails a batch holds up all of it',
    source: `${lambda}/services-dynamodb-errors.html`,
    found: ({ settings }) =>
      unless(settings.BisectBatchOnFunctionError === true, settings, 'BisectBatchOnFunctionError'),
  },
  {
    name: 'failure-destination',
    meaning: 'There is an on-failure destination: else what a mapping gives up on is gone without a trace',
    source: `${lambda}/services-dynamodb-errors.html`,
    found: ({ settings }) => (destinationOf(settings) === undefined ? 'there is none' : undefined),
  },
  {
    name: 'whole-payload',
    meaning: 'The on-failure destination is a bucket: queues and topics get pointers, which die with the shard',
    source: `${lambda}/services-dynamodb-errors.html`,
    found: ({ settings }) => {
      const destination = destinationOf(settings);
      return destination === undefined || destination.includes(':s3:::') ? undefined : destination;
    },
  },
  {
    name: 'keeps-retrying',
    meaning:
      'MaximumRetryAttempts is -1: a number is used up by a destination that is down for minutes, and good records go',
    source: `${lambda}/services-ddb-params.html`,
    found: ({ settings }) =>
      unless(Number(settings.MaximumRetryAttempts ?? -1) === -1, settings, 'MaximumRetryAttempts'),
  },
  {
    name: 'record-age',
    meaning:
      `MaximumRecordAgeInSeconds ends ${hoursToAct} hours before the source forgets a record: what it ends goes to ` +
      'the destination, what is forgotten goes nowhere',
    source: `${lambda}/services-ddb-params.html`,
    found: (mapping) => {
      const ageS = Number(mapping.settings.MaximumRecordAgeInSeconds ?? -1);
      const mostS = (retentionHours(mapping) - hoursToAct) * 3600;
      return unless(ageS > 0 && ageS <= mostS, mapping.settings, 'MaximumRecordAgeInSeconds');
    },
  },
  {
    name: 'from-the-start',
    meaning:
      'StartingPosition is TRIM_HORIZON: LATEST skips what is written before the mapping is ready, minutes later',
    source: `${lambda}/with-ddb.html`,
    found: ({ settings }) => unless(settings.StartingPosition === 'TRIM_HORIZON', settings, 'StartingPosition'),
  },
  {
    name: 'one-order',
    meaning: 'A tumbling window has ParallelizationFactor 1: it is of a whole shard',
    source: `${lambda}/services-ddb-windows.html`,
    found: ({ settings }) => {
      const windowed = Number(settings.TumblingWindowInSeconds ?? 0) > 0;
      return unless(!windowed || Number(settings.ParallelizationFactor ?? 1) === 1, settings, 'ParallelizationFactor');
    },
  },
];

export const mappingRules: readonly Rule[] = [
  {
    name: 'partial-response',
    meaning: 'FunctionResponseTypes has ReportBatchItemFailures: without it Lambda takes every answer for success',
    source: `${lambda}/services-ddb-batchfailurereporting.html`,
    problems: ({ mappings }) =>
      mappings
        .filter(({ kind }) => kind !== 'other')
        .flatMap(({ where, settings }) => {
          const types = settings.FunctionResponseTypes;
          const isFine = Array.isArray(types) && types.includes('ReportBatchItemFailures');
          return isFine ? [] : [{ where, found: shown(types) }];
        }),
  },
  ...streamRules.map(({ found, ...rule }) => ({ ...rule, problems: eachStream(found) })),
  {
    name: 'event-metrics',
    meaning: 'MetricsConfig counts events: nothing else tells of records that were dropped',
    source: `${lambda}/monitoring-metrics-types.html`,
    problems: eachStream(({ settings }) => {
      const metrics = isJsonObject(settings.MetricsConfig) ? settings.MetricsConfig.Metrics : undefined;
      return Array.isArray(metrics) && metrics.includes('EventCount') ? undefined : shown(metrics);
    }),
  },
  {
    name: 'readers-of-a-stream',
    meaning: 'A DynamoDB stream has at most two readers: a third one throttles all of them',
    source: `${lambda}/with-ddb.html`,
    problems: tooMany('dynamodb', 2),
  },
  {
    name: 'readers-of-a-kinesis-stream',
    meaning: 'A Kinesis stream has at most five readers that share it: each polls a shard once a second, of five times',
    source: `${lambda}/with-kinesis.html`,
    problems: tooMany('kinesis', 5),
  },
  {
    name: 'known-source',
    meaning: 'It can be told what a mapping reads: else the other rules say nothing about it',
    source: `${lambda}/invocation-eventsourcemapping.html`,
    problems: ({ mappings }) =>
      mappings
        .filter(({ kind, source }) => kind === 'other' && source.startsWith('import of'))
        .map(({ where, source }) => ({ where, found: `${source}: give the template that exports it, too` })),
  },
];

function eachStream(found: (mapping: LintedMapping) => string | undefined): Rule['problems'] {
  return ({ mappings }) =>
    mappings
      .filter(({ kind }) => kind === 'dynamodb' || kind === 'kinesis')
      .flatMap((mapping) => {
        const problem = found(mapping);
        return problem === undefined ? [] : [{ where: mapping.where, found: problem }];
      });
}

function tooMany(kind: LintedMapping['kind'], max: number): Rule['problems'] {
  return ({ mappings }: Inventory): Problem[] => {
    const readers = mappings.filter((mapping) => mapping.kind === kind && !mapping.enhanced);
    return [...new Set(readers.map(({ source }) => source))].flatMap((source) => {
      const own = readers.filter((mapping) => mapping.source === source);
      return own.length > max
        ? [{ where: source, found: `${own.length}: ${own.map(({ where }) => where).join(', ')}` }]
        : [];
    });
  };
}

function destinationOf({ DestinationConfig }: JsonObject): string | undefined {
  const onFailure = isJsonObject(DestinationConfig) ? DestinationConfig.OnFailure : undefined;
  const destination = isJsonObject(onFailure) ? onFailure.Destination : undefined;
  if (destination === undefined || destination === '') return undefined;
  if (!isJsonObject(destination)) return String(destination);
  const joined = destination['Fn::Join'];
  return Array.isArray(joined) && Array.isArray(joined[1])
    ? joined[1].map((part) => (isJsonObject(part) ? '' : String(part))).join('')
    : JSON.stringify(destination);
}

/** Kinesis keeps for as long as its template says; a day is what any stream has at least. */
function retentionHours({ kind, sourceResource }: LintedMapping): number {
  return kind === 'kinesis' ? Number(sourceResource?.properties.RetentionPeriodHours ?? 24) : 24;
}

function unless(isFine: boolean, settings: JsonObject, name: string): string | undefined {
  return isFine ? undefined : `${name} is ${shown(settings[name])}`;
}

function shown(value: unknown): string {
  return value === undefined ? 'not set' : JSON.stringify(value);
}
