import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { FatalConfigError, RetryableError } from '../../batch/errors.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import { type AggregatesDependencies, reading, readPhaseOfSlice, run } from './checkpoints.ts';
import { type Part, transaction } from './cut-transaction.ts';
import { buildKey, readersKey, SLICES } from './layout.ts';
import { type Phase, phaseChange, samePhase } from './phase.ts';

/**
 * The row that a build leaves its progress in, so that another process can go on with it:
 *
 *     last (N)          highest generation that was ever begun
 *     startedAt (N)     when the last build began, milliseconds since the epoch; failures since then end it
 *     cursor (S)        key after which its scan goes on, JSON; absent: at the beginning
 *     scanned (BOOL)    true when its scan has seen the whole table
 *     drop (N)          generation whose counters are to be deleted; absent: none
 *     audit (BOOL)      true while nobody wants the build for readers: it was begun to be compared with
 */
export interface BuildState {
  readonly phase: Phase;
  readonly last: number;
  readonly startedAtMs: number;
  readonly cursor?: AttributeMap;
  readonly isScanned: boolean;
  readonly isAudit: boolean;
  readonly drop?: number;
}

export async function readBuild(dependencies: AggregatesDependencies): Promise<BuildState> {
  const { dynamodb, tables } = dependencies;
  const phase = await readPhaseOfSlice(0, dependencies);
  const { Item: row = {} } = await reading(() =>
    dynamodb.getItem({ TableName: tables.checkpoints, Key: buildKey, ConsistentRead: true }),
  );
  return {
    phase,
    last: Number(row.last?.N ?? '1'),
    startedAtMs: Number(row.startedAt?.N ?? '0'),
    isScanned: row.scanned?.BOOL === true,
    isAudit: row.audit?.BOOL === true,
    ...(row.cursor?.S === undefined ? {} : { cursor: JSON.parse(row.cursor.S) as AttributeMap }),
    ...(row.drop?.N === undefined ? {} : { drop: Number(row.drop.N) }),
  };
}

/**
 * Begins a generation: from here on live changes fill it item by item.
 *
 * `startedAtMs`: when it was made sure that no failure waits to be redriven, or before.
 *
 * @throws {FatalConfigError} when a build is under way or the last one has not been cleared away
 */
export async function beginBuild(
  { startedAtMs, isAudit = false }: { readonly startedAtMs: number; readonly isAudit?: boolean },
  dependencies: AggregatesDependencies,
): Promise<BuildState> {
  const { phase, last, drop } = await readBuild(dependencies);
  if (phase.kind !== 'live' || drop !== undefined) {
    throw new FatalConfigError('configuration', 'a generation of the aggregates is being built or cleared away');
  }
  const next = last + 1;
  const to: Phase = { kind: 'build', generation: phase.generation, next, isStored: true };
  const begun = state({
    set: {
      ...{ last: { N: String(next) }, startedAt: { N: String(startedAtMs) } },
      ...{ scanned: { BOOL: false }, audit: { BOOL: isAudit } },
    },
    remove: ['cursor', 'drop'],
    condition: 'attribute_not_exists(#drop)',
  });
  await move({ from: phase, to, also: [begun] }, dependencies);
  return readBuild(dependencies);
}

/** From here on an audit's build is for readers: whoever began it no longer ends it. */
export async function takeOver({ last }: BuildState, dependencies: AggregatesDependencies): Promise<void> {
  const update = state({
    set: { audit: { BOOL: false } },
    condition: '#last = :mine',
    values: { ':mine': { N: String(last) } },
  });
  const result = await run(transaction([inCheckpoints(update, dependencies)]), dependencies);
  if (result.kind !== 'committed') throw overtaken();
}

/** Keeps how far the scan of a build is. */
export async function keepCursor(
  { next, cursor }: { readonly next: number; readonly cursor: AttributeMap | 'end' },
  dependencies: AggregatesDependencies,
): Promise<void> {
  const update = state({
    set: cursor === 'end' ? { scanned: { BOOL: true } } : { cursor: { S: JSON.stringify(cursor) } },
    condition: '#last = :next',
    values: { ':next': { N: String(next) } },
  });
  const result = await run(transaction([inCheckpoints(update, dependencies)]), dependencies);
  if (result.kind !== 'committed') throw overtaken();
}

/** Both generations take what each change adds. Only once every change that the scan may have seen is counted. */
export async function beginTracking(from: Phase, dependencies: AggregatesDependencies): Promise<void> {
  await move({ from, to: { ...from, kind: 'track' }, also: [] }, dependencies);
}

/** Readers add up the new generation. The old one is left to be dropped. */
export async function switchReaders(from: Phase, dependencies: AggregatesDependencies): Promise<void> {
  const { generation, next } = from;
  if (from.kind !== 'track' || next === undefined) throw overtaken();
  const readers: Part = [
    'state',
    { Put: { TableName: dependencies.tables.counters, Item: { ...readersKey, generation: { N: String(next) } } } },
  ];
  await end({ from, generation: next, drop: generation, also: [readers] }, dependencies);
}

/**
 * Leaves the generation that is being built; what there is of it is to be dropped. `onlyAudit`: unless somebody has
 * taken it over for readers.
 */
export async function abandonBuild(
  { phase: from, onlyAudit }: { readonly phase: Phase; readonly onlyAudit: boolean },
  dependencies: AggregatesDependencies,
): Promise<void> {
  if (from.next === undefined) throw overtaken();
  await end({ from, generation: from.generation, drop: from.next, also: [], onlyAudit }, dependencies);
}

/** Nothing is left of the generation. */
export async function forgetDropped(generation: number, dependencies: AggregatesDependencies): Promise<void> {
  const update = state({
    remove: ['drop'],
    condition: 'attribute_not_exists(#drop) OR #drop = :dropped',
    values: { ':dropped': { N: String(generation) } },
  });
  await run(transaction([inCheckpoints(update, dependencies)]), dependencies);
}

async function end(
  options: { from: Phase; generation: number; drop: number; also: readonly Part[]; onlyAudit?: boolean },
  dependencies: AggregatesDependencies,
): Promise<void> {
  const { from, generation, drop, also, onlyAudit = false } = options;
  const left = state({
    set: { drop: { N: String(drop) } },
    ...(onlyAudit ? { condition: '#audit = :audit', values: { ':audit': { BOOL: true } } } : {}),
  });
  const to: Phase = { kind: 'live', generation, isStored: true };
  await moveWith({ from, to, also: [inCheckpoints(left, dependencies), ...also] }, dependencies);
}

async function move(
  { from, to, also }: { from: Phase; to: Phase; also: readonly StateUpdate[] },
  dependencies: AggregatesDependencies,
): Promise<void> {
  const parts = also.map((update) => inCheckpoints(update, dependencies));
  await moveWith({ from, to, also: parts }, dependencies);
}

/** All slices at once: a transaction of any shard belongs to one phase. */
async function moveWith(
  { from, to, also }: { from: Phase; to: Phase; also: readonly Part[] },
  dependencies: AggregatesDependencies,
): Promise<void> {
  const tableName = dependencies.tables.checkpoints;
  const changes = Array.from({ length: SLICES }, (_, slice): Part => {
    return ['phase', phaseChange({ tableName, slice, from, to })];
  });
  const result = await run(transaction([...changes, ...also]), dependencies);
  if (result.kind === 'committed') return;
  // A transaction whose reply was lost finds its own work when it is repeated.
  if (result.kind === 'moved' && samePhase(await readPhaseOfSlice(0, dependencies), to)) return;
  throw overtaken();
}

function overtaken(): RetryableError {
  return new RetryableError('sink-conflict', 'the build of the aggregates went on elsewhere: look at it again');
}

type StateUpdate = Omit<NonNullable<TransactWriteItem['Update']>, 'TableName'>;

function inCheckpoints(update: StateUpdate, { tables }: AggregatesDependencies): Part {
  return ['state', { Update: { TableName: tables.checkpoints, ...update } }];
}

function state(options: {
  readonly set?: Record<string, AttributeValue>;
  readonly remove?: readonly string[];
  readonly condition?: string;
  readonly values?: Record<string, AttributeValue>;
}): StateUpdate {
  const { set = {}, remove = [], condition, values = {} } = options;
  const named = [...Object.keys(set), ...remove, ...(condition?.match(/(?<=#)\w+/g) ?? [])];
  const assigned = Object.keys(set).map((name) => `#${name} = :${name}`);
  const parts = [
    ...(assigned.length === 0 ? [] : [`SET ${assigned.join(', ')}`]),
    ...(remove.length === 0 ? [] : [`REMOVE ${remove.map((name) => `#${name}`).join(', ')}`]),
  ];
  const all = { ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])), ...values };
  return {
    Key: buildKey,
    UpdateExpression: parts.join(' '),
    ExpressionAttributeNames: Object.fromEntries(named.map((name) => [`#${name}`, name])),
    ...(Object.keys(all).length === 0 ? {} : { ExpressionAttributeValues: all }),
    ...(condition === undefined ? {} : { ConditionExpression: condition }),
  };
}
