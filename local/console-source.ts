import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import type { ConsoleSource, ConsumerView, DeadLettersView, SearchView, TotalView } from '../console/server.ts';
import { totals } from '../functions/aggregates/totals.ts';
import { table } from '../functions/table.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { countersTable } from '../shared/sinks/aggregates/resources.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { names } from './pipeline/names.ts';
import type { Pipeline } from './pipeline/start-pipeline.ts';

const shownGroups = 12;
const shownLetters = 20;
const shownDocuments = 20;

/** What the console shows of a pipeline on this machine, read with plain clients. */
export function createConsoleSource(pipeline: Pipeline): ConsoleSource {
  const { dynamodb, kinesis, s3, sqs, ses, opensearch } = pipeline.engines;
  return {
    services: () =>
      [dynamodb, kinesis, opensearch, ses, s3, sqs].map(({ service, backedBy, url }) => ({ service, backedBy, url })),
    consumers: async () => pipeline.consumers.map((consumer) => consumerView(consumer)),
    totals: () => Promise.all(totals.map(({ name }) => totalView(pipeline, name))),
    outbox: () => outboxView(pipeline),
    deadLetters: () => deadLettersView(pipeline),
    search: (words) => searchView(pipeline, words),
  };
}

const metricOf = {
  applied: 'RecordsApplied',
  duplicate: 'RecordsDuplicate',
  stale: 'RecordsStale',
  filtered: 'RecordsFiltered',
  deadLettered: 'RecordsDeadLettered',
  retry: 'RecordsRetried',
} as const;

function consumerView({ definition, status }: Pipeline['consumers'][number]): ConsumerView {
  const { behind, iteratorAgeMs, invocations, functionErrors, metrics } = status();
  return {
    name: definition.name,
    summary: definition.summary,
    invocations,
    functionErrors,
    outcomes: Object.fromEntries(Object.entries(metricOf).map(([outcome, metric]) => [outcome, metrics[metric] ?? 0])),
    ...(behind === undefined ? {} : { behind }),
    ...(iteratorAgeMs === undefined ? {} : { iteratorAgeMs }),
  };
}

/** The largest groups: a total by minute has one for every minute. */
async function totalView({ clients }: Pipeline, total: string): Promise<TotalView> {
  const groups = await readTotals(dynamoDbClient(clients.dynamodb), { tableName: countersTable.name, total });
  const largest = groups.toSorted((a, b) => Number(b.count) - Number(a.count)).slice(0, shownGroups);
  const summed = totals.find(({ name }) => name === total)?.sum;
  return {
    total,
    groups: largest.map(({ group, count, sum }) => ({
      group: group.kind === 'invalid' ? '(invalid)' : group.value,
      count,
      sums: summed === undefined ? {} : { [summed]: sum },
    })),
  };
}

async function deadLettersView({ clients }: Pipeline): Promise<DeadLettersView> {
  const listed = await clients.s3.send(
    new ListObjectsV2Command({ Bucket: names.bucket, Prefix: deadLetterPrefix }),
  );
  const keys = (listed.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key]));
  const latest = await Promise.all(
    keys.slice(-shownLetters).map(async (Key) => {
      const { Body } = await clients.s3.send(new GetObjectCommand({ Bucket: names.bucket, Key }));
      return JSON.parse((await Body?.transformToString()) ?? '{}') as StoredDeadLetter;
    }),
  );
  return {
    total: keys.length,
    latest: latest.map(({ consumer, position, error, firstSeen }) => ({
      consumer,
      sequenceNumber: position.sequenceNumber,
      code: error.code,
      message: error.message,
      firstSeen,
    })),
  };
}

async function searchView({ clients }: Pipeline, words: string): Promise<SearchView> {
  const searched = table.entities.flatMap(({ attributes }) =>
    Object.entries(attributes).flatMap(([name, { search }]) => (search === 'text' || search === 'keyword' ? [name] : [])),
  );
  const query =
    words.trim() === ''
      ? { match_all: {} }
      : { bool: { should: searched.map((name) => ({ match: { [name]: words } })), minimum_should_match: 1 } };
  const { body } = await clients.opensearch.search({
    index: names.alias,
    body: { query, size: shownDocuments, track_total_hits: true, _source: { excludes: ['tributary'] } },
  });
  const { total, hits } = body.hits;
  return {
    total: typeof total === 'object' ? total.value : (total ?? hits.length),
    documents: hits.map(({ _source }) => (_source ?? {}) as Readonly<Record<string, unknown>>),
  };
}
