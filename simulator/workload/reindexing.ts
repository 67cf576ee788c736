import { searchFields, searchIndexEffects } from '../../functions/search-index/effects.ts';
import { table } from '../../functions/table.ts';
import { leaveOldIndex, reindex, rollBackReindex } from '../../shared/operations/reindex/reindex.ts';
import type { ReindexOptions } from '../../shared/operations/reindex/reindex-options.ts';
import { readReindex } from '../../shared/operations/reindex/reindex-state.ts';
import { getDeadLetter, listDeadLetterKeys } from '../../shared/runtime/dead-letters.ts';
import type { Connections, Services } from '../../shared/runtime/services.ts';
import type { StoredDocument } from '../../shared/services/opensearch/port.ts';
import { indexAlias, indexName, versionsIndex } from '../functions/config.ts';
import { Environment } from '../functions/environment.ts';
import { simulatedServices } from '../functions/simulated-services.ts';
import type { Random } from '../random.ts';
import type { Operator } from '../world/operator.ts';
import type { Region, World } from '../world/world.ts';

const consumer = 'search-index';
const clockMarginMs = 60_000;
/** The timeout of the function, and twice the margin. */
const settlingMs = 60_000 + 2 * clockMarginMs;
const processMs = 1_200_000;
/** When nothing goes wrong any more. */
const mostProcesses = 20;

interface Cast {
  readonly operator: Operator;
  readonly world: World;
  readonly region: Region;
  readonly other: Region;
  readonly random: Random;
}

/** In each region by itself. Resolves when all have ended. */
export async function reindexEverywhere({
  world,
  operators,
  random,
}: {
  readonly world: World;
  readonly operators: readonly Operator[];
  readonly random: Random;
}): Promise<void> {
  const running = world.regions.map(async (region, at) => {
    const [operator, other] = [operators[at], world.regions[1 - at]];
    const own = random.fork();
    if (operator === undefined || other === undefined) return;
    await world.clock.sleep(own.integer(0, 60_000));
    await reindexInTraffic({ world, region, other, operator, random: own });
  });
  await Promise.all(running);
}

/**
 * An operator who fills a new search index in the middle of everything, by processes that are killed and begun again,
 * and then finishes it or goes back. Readers are looked after at the moment of the switch.
 */
async function reindexInTraffic(cast: Cast): Promise<void> {
  const { world, region, random } = cast;
  const where = { search: region.services.search, versions: versionsIndex, first: indexName };
  const end = random.chance(0.6) ? leaveOldIndex : rollBackReindex;
  let work: typeof reindex = reindex;
  let last = '';
  for (let calmProcesses = 0; calmProcesses < mostProcesses; calmProcesses += world.calm ? 1 : 0) {
    const error = await runProcess(work, cast);
    last = error;
    const { step } = await readReindex(where);
    if (step === 'none' && work !== reindex) return;
    if (step === 'switched') work = work === rollBackReindex ? work : end;
    // Poison lasts: an index that refuses what can be found is not switched to.
    if (error.includes('--roll-back')) work = rollBackReindex;
    if (error.includes('dead-letters')) await cast.operator.redriveAll();
    if (step === 'none' && work === rollBackReindex) return;
    await world.clock.sleep(random.integer(0, error === '' ? 5_000 : 60_000));
  }
  const what = `${region.services.name}: the reindex did not end: ${last}`;
  world.alarms.push({ consumer, kind: 'lost', what });
}

/** Answers what it failed with; nothing when it did not. */
async function runProcess(work: typeof reindex, cast: Cast): Promise<string> {
  const { world, region, other, random } = cast;
  const place = { world, region: region.services.name, consumer, random: random.fork(), isOperator: true };
  const environment = new Environment(place, processMs);
  const services = simulatedServices({
    ...{ place, environment, here: { ...region.services, sent: [] }, there: other.services },
    ...{ onMetric: () => undefined, codeVersion: 'reindex' },
  });
  const options = optionsFor(services, { cast, environment });
  const outcome = await environment.run(() => work(options), {}, 'reindex');
  return outcome.kind === 'functionError' ? (outcome.error.errorMessage ?? '') : '';
}

function optionsFor(
  { search, dynamodb, clock, config }: Services<keyof Connections>,
  { cast, environment }: { readonly cast: Cast; readonly environment: Environment },
): ReindexOptions {
  const { world, region } = cast;
  const { admin } = region.services.search;
  const { deadLetters } = region.services;
  const call = <Answer>(isWrite: boolean, apply: () => Promise<Answer>) =>
    environment.call({ service: 'search', operation: 'admin', isWrite }, apply);
  return {
    ...{ region: config.region, search, first: indexName, clock, clockMarginMs, report: () => undefined },
    admin: {
      create: (index, mappings) => call(true, () => admin.create(index, mappings)),
      remove: (index) => call(true, () => admin.remove(index)),
      holdersOf: (alias) => call(false, () => admin.holdersOf(alias)),
      moveAlias: (move) =>
        call(true, async () => {
          const [from = indexName] = await admin.holdersOf(indexAlias);
          if (from !== move.to) await compareIndices(cast, { from, to: move.to });
          await admin.moveAlias(move);
        }),
      refresh: (index) => call(false, () => admin.refresh(index)),
      count: (index) => call(false, () => admin.count(index)),
    },
    source: { dynamodb, tableName: table.name, definition: table },
    ...{ effects: searchIndexEffects(table), fieldsOf: searchFields(table) },
    settle: () => clock.sleep(settlingMs),
    refusedSince: async (sinceMs) => {
      const keys = await listDeadLetterKeys(deadLetters, consumer);
      const letters = await Promise.all(keys.map((key) => getDeadLetter(deadLetters, key)));
      const isRefused = (at: string) => Date.parse(at) >= sinceMs - Math.abs(world.profile.skewsMs[0] ?? 0);
      return letters.filter(
        (letter) =>
          letter?.state === 'pending' && letter.error.code === 'sink-rejected' && isRefused(letter.lastSeenAt),
      ).length;
    },
  };
}

/** What readers find now has to be where they go, as it is or newer. */
async function compareIndices(
  { world, region }: Cast,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<void> {
  const { search, name } = region.services;
  const all = { filters: [], limit: 10_000 };
  const there = new Map((await search.search({ index: to, ...all })).map((each) => [each.id, each]));
  for (const now of await search.search({ index: from, ...all })) {
    const then = there.get(now.id);
    const isMissing = then === undefined && !isHidden(now);
    const isOlder = then !== undefined && then.version < now.version && shown(then) !== shown(now);
    if (!isMissing && !isOlder) continue;
    const what = `${name}: readers who go from ${from} to ${to} ${isMissing ? 'miss' : 'see an older'} ${now.id}`;
    world.alarms.push({ consumer, kind: isMissing ? 'lost' : 'diverged', what });
  }
}

function isHidden({ document }: StoredDocument): boolean {
  return Object(document.tributary).deleted === true;
}

function shown({ document: { tributary: mark, ...fields } }: StoredDocument): string {
  return JSON.stringify([Object(mark).deleted, Object.entries(fields).sort()]);
}
