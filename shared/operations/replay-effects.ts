import type { AttributeMap } from '../change/attribute-value.ts';
import type { TableDefinition } from '../change/table-definition.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import { toImage } from '../services/dynamodb/image.ts';
import { checkpointsTable, countersTable } from '../sinks/aggregates/resources.ts';
import type { TotalDefinition } from '../sinks/aggregates/total-definition.ts';
import { ledgerTable } from '../sinks/email-ledger/resources.ts';
import { changeMarkField } from '../sinks/search-index/document.ts';
import { searchIndexFor } from '../sinks/search-index/resources.ts';
import { usageWindowsTable } from '../sinks/usage-windows/resources.ts';
import { readTotals } from '../writer/read-totals.ts';
import { readWindows, type UsageWindow } from '../writer/read-windows.ts';
import type { ReplayWorld } from './replay-world.ts';

/** One thing that a person would find in a service afterwards. Numbers are decimal texts: they keep all digits. */
export type Effect =
  | TotalEffect
  | RowEffect
  | WindowEffect
  | DocumentEffect
  | EmailEffect
  | ObjectEffect
  | DeadLetterEffect;

export interface TotalEffect {
  readonly kind: 'total';
  readonly total: string;
  /** Absent: the items that the total cannot read. */
  readonly group?: string;
  /** What the batches add; below zero where they take items away that were there before. */
  readonly count: string;
  /** Absent for totals that only count. */
  readonly sum?: string;
}

/** A row of a table that is neither a counter nor only there to protect the others, in DynamoDB's JSON. */
export interface RowEffect {
  readonly kind: 'row';
  readonly table: string;
  readonly item: AttributeMap;
}

/** What a window of all shards has come to. */
export interface WindowEffect extends UsageWindow {
  readonly kind: 'window';
}

export interface DocumentEffect {
  readonly kind: 'document';
  readonly id: string;
  /** Creation time of the newest change, in microseconds: later writes must be above it. */
  readonly version: string;
  /** A tombstone: readers do not see it. */
  readonly deleted: boolean;
  readonly document: Readonly<Record<string, unknown>>;
}

export interface EmailEffect {
  readonly kind: 'email';
  readonly to: string;
  readonly subject: string;
}

export interface ObjectEffect {
  readonly kind: 'object';
  readonly key: string;
  readonly bytes: number;
}

export interface DeadLetterEffect {
  readonly kind: 'deadLetter';
  readonly sequenceNumber: string;
  readonly code: string;
  readonly message: string;
}

/** Told as totals, emails and windows; the checkpoints are only what makes them happen once. */
const toldOtherwise: ReadonlySet<string> = new Set([
  countersTable.name,
  checkpointsTable.name,
  ledgerTable.name,
  usageWindowsTable.name,
]);

/** The effects in an order that does not depend on the services: by kind, then by name, group, id or time. */
export async function effectsOf(
  world: ReplayWorld,
  options: { definition: StreamConsumerDefinition; table: TableDefinition; totals: readonly TotalDefinition[] },
): Promise<readonly Effect[]> {
  const tables = options.definition.uses.flatMap((use) => (use.kind === 'table' ? [use.name] : []));
  const totals = tables.includes(countersTable.name) ? await totalEffects(world, options.totals) : [];
  const rows = tables
    .filter((name) => !toldOtherwise.has(name))
    .flatMap((table) =>
      world.dynamodb.items(table).map((item): Effect => ({ kind: 'row', table, item: toImage(item) })),
    );
  const mails = world.email.ses.outbox().map(({ to, subject }): Effect => ({ kind: 'email', to, subject }));
  const letters = world.deadLetters.map(
    ({ position, error }): Effect => ({ kind: 'deadLetter', sequenceNumber: position.sequenceNumber, ...error }),
  );
  const windows = tables.includes(usageWindowsTable.name) ? await windowEffects(world) : [];
  const documents = await documentEffects(world, options.table);
  const objects = await objectEffects(world);
  return [...totals, ...rows, ...windows, ...documents, ...mails.toReversed(), ...objects, ...letters];
}

async function totalEffects({ dynamodb }: ReplayWorld, totals: readonly TotalDefinition[]): Promise<TotalEffect[]> {
  const read = totals.map(async ({ name: total, sum: summed }) => {
    const groups = await readTotals(dynamodb, { tableName: countersTable.name, total });
    return groups.map(
      ({ group, count, sum }): TotalEffect => ({
        kind: 'total',
        total,
        ...(group.kind === 'value' ? { group: group.value } : {}),
        count,
        ...(summed === undefined || group.kind === 'invalid' ? {} : { sum }),
      }),
    );
  });
  return (await Promise.all(read)).flat();
}

async function windowEffects({ dynamodb }: ReplayWorld): Promise<WindowEffect[]> {
  const { name: tableName } = usageWindowsTable;
  const starts = dynamodb.items(tableName).map(({ start }) => Date.parse(start?.S ?? ''));
  if (starts.length === 0) return [];
  const windows = await readWindows(dynamodb, {
    tableName,
    fromMs: Math.min(...starts),
    toMs: Math.max(...starts) + 1,
  });
  return windows.map((window) => ({ kind: 'window', ...window }));
}

async function objectEffects({ objects }: ReplayWorld): Promise<ObjectEffect[]> {
  const keys = await objects.list('');
  return Promise.all(
    keys.map(async (key) => ({ kind: 'object' as const, key, bytes: (await objects.getBytes(key))?.length ?? 0 })),
  );
}

async function documentEffects({ search }: ReplayWorld, table: TableDefinition): Promise<DocumentEffect[]> {
  const found = await search.search({ index: searchIndexFor(table).index, filters: [], limit: 10_000 });
  return found
    .map(({ id, version, document: { [changeMarkField]: mark, ...document } }): DocumentEffect => {
      const deleted = typeof mark === 'object' && mark !== null && 'deleted' in mark && mark.deleted === true;
      return { kind: 'document', id, version: String(version), deleted, document };
    })
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
}
