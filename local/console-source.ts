import type {
  ConsoleSource,
  ConsumerView,
  DeadLettersView,
  OutboxView,
  SearchView,
  TotalView,
} from '../console/server.ts';
import { totals } from '../functions/aggregates/totals.ts';
import { table } from '../functions/table.ts';
import { getDeadLetter, listDeadLetterKeys } from '../shared/runtime/dead-letters.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { s3ObjectStore } from '../shared/services/s3/client.ts';
import { countersTable } from '../shared/sinks/aggregates/resources.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import type { OutboxPage } from './engines/ses/outbox-page.ts';
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

async function outboxView({ engines }: Pipeline): Promise<OutboxView> {
  const response = await fetch(`${engines.ses.url}/outbox?limit=${shownLetters}`);
  const { accepted, emails } = (await response.json()) as OutboxPage;
  return {
    total: accepted,
    latest: emails.map(({ to, subject, acceptedAtMs }) => ({ to, subject, at: new Date(acceptedAtMs).toISOString() })),
  };
}

async function deadLettersView({ clients, consumers }: Pipeline): Promise<DeadLettersView> {
  const objects = s3ObjectStore(clients.s3, names.bucket);
  const listed = await Promise.all(consumers.map(({ definition }) => listDeadLetterKeys(objects, definition.name)));
  const keys = listed.flat();
  const letters = await Promise.all(keys.slice(-shownLetters).map((key) => getDeadLetter(objects, key)));
  return {
    total: keys.length,
    latest: letters.flatMap((letter) => {
      if (letter === undefined) return [];
      const { consumer, position, error, firstSeenAt } = letter;
      return [{ consumer, sequenceNumber: position.sequenceNumber, ...error, firstSeen: firstSeenAt }];
    }),
  };
}

async function searchView({ clients }: Pipeline, words: string): Promise<SearchView> {
  const searched = table.entities.flatMap(({ attributes }) =>
    Object.entries(attributes).flatMap(([name, { search }]) =>
      search === 'text' || search === 'keyword' ? [name] : [],
    ),
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
