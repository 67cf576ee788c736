import { gunzipSync } from 'node:zlib';
import { toImage } from '../../shared/services/dynamodb/image.ts';
import type { Document, Item, Observed, ObservedRegion } from '../checkers/observed.ts';
import { indexAlias, indexName } from '../functions/config.ts';
import type { Region, World } from './world.ts';

/** What a run has left, read straight from the services. */
export async function observe(world: World): Promise<Observed> {
  const [home] = world.regions;
  const outbox = home?.services.email.ses.outbox() ?? [];
  return {
    mode: world.profile.mode,
    onSilence: world.profile.onSilence,
    isMailDisturbed: [...world.faults.coverage].some(
      ([cell, { changed }]) => changed > 0 && /(welcome-email|email-settler)$/.test(cell),
    ),
    regions: await Promise.all(world.regions.map(observeRegion)),
    mails: outbox.map(({ to, messageId }) => ({ id: messageId, to })),
    ledger: home === undefined ? [] : itemsOf(home, 'email-ledger'),
  };
}

async function observeRegion(region: Region): Promise<ObservedRegion> {
  const { services, feed, consumers, versions } = region;
  return {
    name: services.name,
    changes: feed.changes,
    deliveries: feed.deliveries,
    users: itemsOf(region, 'users'),
    counters: itemsOf(region, 'aggregates'),
    windows: itemsOf(region, 'usage-windows'),
    conflicts: itemsOf(region, 'replica-conflicts'),
    documents: await documentsOf(region),
    documentVersions: versions,
    archived: await archivedIn(region),
    deadLetters: new Map(
      await Promise.all(consumers.map(async ({ name }) => [name, await pendingIn(region, name)] as const)),
    ),
    handled: new Map(consumers.map(({ name, handled }) => [name, handled])),
    recreatedAtMs: new Map(consumers.map(({ name, recreatedAtMs }) => [name, recreatedAtMs])),
    written: feed.written,
    putAgain: feed.putAgain,
    sent: services.sent,
  };
}

function itemsOf({ services }: Region, tableName: string): readonly Item[] {
  return services.twin.items(tableName).map((item): Item => toImage(item));
}

async function documentsOf({ services }: Region): Promise<Document[]> {
  const [index = indexName] = await services.search.admin.holdersOf(indexAlias);
  const found = await services.search.search({ index, filters: [], limit: 10_000 });
  return found.map(({ id, document }) => ({ id, source: document }));
}

async function archivedIn({ services }: Region): Promise<ReadonlyMap<string, object>> {
  const records = new Map<string, object>();
  for (const key of await services.archive.list('archive/')) {
    const body = await services.archive.getBytes(key);
    const lines = body === undefined ? [] : gunzipSync(body).toString('utf8').trimEnd().split('\n').slice(1);
    for (const line of lines) {
      const { record }: { readonly record: { readonly eventID: string } } = JSON.parse(line);
      records.set(record.eventID, record);
    }
  }
  return records;
}

async function pendingIn({ services }: Region, consumer: string): Promise<ReadonlySet<string>> {
  const pending = new Set<string>();
  for (const key of await services.deadLetters.list(`dead-letters/${consumer}/`)) {
    const body = await services.deadLetters.get(key);
    const letter: {
      readonly state: string;
      readonly position: { readonly shardId: string; readonly sequenceNumber: string };
    } = JSON.parse(body ?? '{}');
    if (letter.state === 'pending') pending.add(`${letter.position.shardId}:${letter.position.sequenceNumber}`);
  }
  return pending;
}
