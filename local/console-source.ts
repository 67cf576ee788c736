import { type AttributeValue, paginateScan } from '@aws-sdk/client-dynamodb';
import type {
  ConflictsView,
  ConsoleSource,
  ConsumerView,
  DeadLettersView,
  OutboxView,
  RegionView,
  SearchView,
  TotalView,
  WindowView,
} from '../console/server.ts';
import { totals } from '../functions/aggregates/totals.ts';
import { table } from '../functions/table.ts';
import type { AlarmView } from '../shared/operations/alarms.ts';
import { getDeadLetter, listDeadLetterKeys } from '../shared/runtime/dead-letters.ts';
import { dynamoDbClient } from '../shared/services/dynamodb/client.ts';
import { s3ObjectStore } from '../shared/services/s3/client.ts';
import { countersTable } from '../shared/sinks/aggregates/resources.ts';
import { conflictsTable } from '../shared/sinks/replica/resources.ts';
import { usageWindowsTable } from '../shared/sinks/usage-windows/resources.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { readWindows } from '../shared/writer/read-windows.ts';
import type { OutboxPage } from './engines/ses/outbox-page.ts';
import { names } from './pipeline/names.ts';
import type { Region } from './pipeline/region.ts';
import { servicesOf } from './pipeline/services.ts';
import type { Pipeline } from './pipeline/start-pipeline.ts';

const shownGroups = 12;
const shownLetters = 10;
const shownWindows = 10;
const shownDocuments = 20;

/** What the console shows of a pipeline on this machine, read with plain clients. */
export function createConsoleSource(pipeline: Pipeline, alarms: () => readonly AlarmView[]): ConsoleSource {
  return {
    services: () => servicesOf(pipeline),
    alarms: () => alarms().filter(({ state }) => state === 'on'),
    regions: () => Promise.all(pipeline.regions.map(regionView)),
    outbox: () => outboxView(pipeline),
    search: ({ region: wanted, words }) =>
      searchView(pipeline.regions.find(({ name }) => name === wanted) ?? pipeline.regions[0], words),
  };
}

async function regionView(region: Region): Promise<RegionView> {
  const [views, windows, conflicts, deadLetters] = await Promise.all([
    Promise.all(totals.map(({ name }) => totalView(region, name))),
    windowsView(region),
    conflictsView(region),
    deadLettersView(region),
  ]);
  const consumers = region.consumers.map((consumer) => consumerView(consumer));
  return { name: region.name, consumers, totals: views, windows, conflicts, deadLetters };
}

const metricOf = {
  applied: 'RecordsApplied',
  duplicate: 'RecordsDuplicate',
  stale: 'RecordsStale',
  filtered: 'RecordsFiltered',
  deadLettered: 'RecordsDeadLettered',
  retry: 'RecordsRetried',
} as const;

function consumerView({ definition, status }: Region['consumers'][number]): ConsumerView {
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
async function totalView({ clients }: Region, total: string): Promise<TotalView> {
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

async function windowsView({ clients }: Region): Promise<readonly WindowView[]> {
  const toMs = Date.now();
  const windows = await readWindows(dynamoDbClient(clients.dynamodb), {
    tableName: usageWindowsTable.name,
    fromMs: toMs - shownWindows * 60_000,
    toMs,
  });
  return windows.map(({ start, changes, active }) => ({
    start,
    changes: Object.values(changes).reduce((sum, count) => sum + count, 0),
    activeUsers: Math.round(active),
  }));
}

async function conflictsView({ clients }: Region): Promise<ConflictsView> {
  const rows: Record<string, AttributeValue>[] = [];
  for await (const page of paginateScan({ client: clients.dynamodb }, { TableName: conflictsTable.name })) {
    rows.push(...(page.Items ?? []));
  }
  const text = (value: AttributeValue | undefined) => value?.S ?? '';
  const latest = rows.toSorted((a, b) => text(b.recordedAt).localeCompare(text(a.recordedAt))).slice(0, shownLetters);
  return {
    total: rows.length,
    latest: latest.map(({ keys, loserRegion, winnerRegion, reason, recordedAt }) => ({
      item: Object.values(keys?.M ?? {})
        .map((part) => part.S ?? part.N ?? '(binary)')
        .join(' / '),
      lost: text(loserRegion),
      won: text(winnerRegion),
      reason: text(reason),
      at: text(recordedAt),
    })),
  };
}

async function deadLettersView({ clients, consumers }: Region): Promise<DeadLettersView> {
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

async function searchView({ clients }: Region, words: string): Promise<SearchView> {
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
