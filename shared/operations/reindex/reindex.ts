import { searchIndexFor } from '../../sinks/search-index/resources.ts';
import { OperatorError } from '../target.ts';
import { copyBack, copyDocuments } from './copy-documents.ts';
import { scanItems } from './fill-index.ts';
import type { ReindexOptions } from './reindex-options.ts';
import { nextIndex, type ReindexState, readReindex, type StateAt, saveReindex } from './reindex-state.ts';

/**
 * Fills a new index from the table while changes go on, then moves readers to it: from where an earlier process left
 * off. Readers see the old index until the new one is complete. Both are written afterwards, so that there is a way
 * back, until `leaveOldIndex` or `rollBackReindex`.
 *
 * @throws {OperatorError} when something has to be decided first; nothing has changed for readers then
 */
export async function reindex(options: ReindexOptions): Promise<ReindexState> {
  const at = stateAt(options);
  const save = (state: ReindexState) => saveReindex(state, at);
  const { region, report, settle, admin } = options;
  const { alias, aliasFilter: filter } = indexOf(options);
  let state = await readReindex(at);
  if (state.step === 'leaving') state = await removeIndex(state, options);
  if (state.step === 'none') state = await begin(state, options);
  if (state.step === 'settling') {
    report({ region, step: 'settling', done: 0 });
    await settle();
    state = await save({ ...state, step: 'copying' });
  }
  if (state.step === 'copying') state = await copyDocuments(state, options, save);
  if (state.step === 'scanning') state = await scanItems(state, options, save);
  if (state.step === 'filled') {
    await assertComplete(state, options);
    report({ region, step: 'switching', done: 0 });
    const { other = '' } = state;
    await admin.refresh(other);
    await admin.moveAlias({ alias, filter, to: other });
    state = await save(switched(state));
  }
  return state;
}

/** Stops writing the index that readers have left, and removes it. From here on there is no way back. */
export async function leaveOldIndex(options: ReindexOptions): Promise<ReindexState> {
  const at = stateAt(options);
  const state = await readReindex(at);
  if (state.step === 'leaving') return removeIndex(state, options);
  if (state.step !== 'switched') throw new OperatorError(`${options.region}: no reindex waits to be finished.`);
  return removeIndex(await saveReindex({ ...state, step: 'leaving', written: [state.current] }, at), options);
}

/**
 * Puts readers back where they were, if they were moved, and removes the new index. The old one gets first what it
 * lacks or has older: the scan may have brought items whose changes have not come yet.
 *
 * @returns with `refused`: how many documents cannot be found afterwards, because the old index does not take them
 */
export async function rollBackReindex(options: ReindexOptions): Promise<ReindexState> {
  const at = stateAt(options);
  const { admin, region, report, settle } = options;
  let state = await readReindex(at);
  if (state.step === 'leaving') return removeIndex(state, options);
  if (state.step === 'none') throw new OperatorError(`${region}: there is no reindex to roll back.`);
  const [holder] = await admin.holdersOf(indexOf(options).alias);
  // A process that was killed between the two may have moved readers and not have said so.
  if (state.step !== 'switched' && holder === state.other) state = await saveReindex(switched(state), at);
  let refused = 0;
  if (state.step === 'switched') {
    const { current: from, other: to = from } = state;
    await assertNothingRefused(state, options);
    // Those who learned what is written before the switch write the old index last.
    report({ region, step: 'settling', done: 0 });
    await settle();
    refused = await moveBack({ from, to }, options);
    state = { ...state, current: to, other: from };
  }
  return removeIndex(await saveReindex({ ...state, step: 'leaving', written: [state.current], refused }, at), options);
}

/** Answers how many documents that can be found `to` does not take. */
async function moveBack(
  indices: { readonly from: string; readonly to: string },
  options: ReindexOptions,
): Promise<number> {
  const { admin, region, report } = options;
  const { alias, aliasFilter: filter } = indexOf(options);
  const refused = await copyBack(indices, options);
  report({ region, step: 'switching', done: 0 });
  await admin.refresh(indices.to);
  await admin.moveAlias({ alias, filter, to: indices.to });
  return refused;
}

export function stateAt({ search, source, first }: ReindexOptions): StateAt {
  return { search, first, versions: searchIndexFor(source.definition).versions };
}

const indexOf = ({ source }: ReindexOptions) => searchIndexFor(source.definition);

/** Readers are on the other index, which is written last from here on. */
function switched(state: ReindexState): ReindexState {
  const { current, other = current } = state;
  return { ...state, step: 'switched', current: other, other: current, written: [current, other] };
}

async function begin(state: ReindexState, options: ReindexOptions): Promise<ReindexState> {
  const { admin, clock } = options;
  const { mappings, versions } = indexOf(options);
  const next = nextIndex(state);
  // Before anybody writes them: OpenSearch would make them itself, with a mapping of its own.
  await admin.create(versions, { dynamic: false });
  await admin.create(next, mappings);
  const { current, lastNumber, version } = state;
  const begun = { current, written: [next, current], other: next, step: 'settling', refused: 0 } as const;
  const startedAtMs = clock.nowMs();
  return saveReindex({ ...begun, startedAtMs, version, lastNumber: lastNumber + 1 }, stateAt(options));
}

async function assertComplete({ refused, startedAtMs }: ReindexState, options: ReindexOptions): Promise<void> {
  const { region } = options;
  const back = '`tributary reindex --roll-back` leaves everything as it was';
  if (refused > 0) {
    throw new OperatorError(
      `${region}: the new index refuses ${refused} items that can be found now: its fields do not fit them. ` +
        `Readers stay where they are; ${back}.`,
    );
  }
  await assertNothingRefused({ startedAtMs }, options);
}

/** What one index took and the other one refused would be missing where readers go. */
async function assertNothingRefused(
  { startedAtMs }: Pick<ReindexState, 'startedAtMs'>,
  { region, refusedSince }: ReindexOptions,
): Promise<void> {
  const letters = await refusedSince(startedAtMs);
  if (letters === 0) return;
  throw new OperatorError(
    `${region}: ${letters} changes were refused by an index since the reindex began. Redrive or discard them ` +
      '(`tributary dead-letters list --code sink-rejected`), then run the command again.',
  );
}

async function removeIndex(state: ReindexState, options: ReindexOptions): Promise<ReindexState> {
  const { report, settle, admin, region } = options;
  const { other, copiedTo: _copied, scannedTo: _scanned, ...rest } = state;
  const { alias, aliasFilter: filter } = indexOf(options);
  report({ region, step: 'leaving', done: 0 });
  await settle();
  // A process that was killed may have moved readers after all.
  const [holder] = await admin.holdersOf(alias);
  if (other !== undefined && holder === other) await moveBack({ from: other, to: state.current }, options);
  else await admin.moveAlias({ alias, filter, to: state.current });
  if (other !== undefined) await admin.remove(other);
  return saveReindex({ ...rest, step: 'none' }, stateAt(options));
}
