import { randomBytes } from 'node:crypto';
import { forEachBounded } from '../../batch/bounded.ts';
import { keyText } from '../../change/key-text.ts';
import { isObject } from '../../change/raw-json.ts';
import { changeIn } from '../explain/failures-of.ts';
import { clearNotices } from '../failures/clear-notices.ts';
import { listFailureObjects, stateKey } from '../failures/failure-objects.ts';
import { type ListedLetter, listDeadLetters } from '../failures/list-dead-letters.ts';
import { maskRecord } from '../masking.ts';
import type { TargetRegion } from '../target.ts';
import type { ForgetIn } from './forget-in.ts';

const writesAtOnce = 8;

/**
 * Dead letters about the item are deleted, with their notices, and its records are taken out of failure objects: it is
 * gone, so nothing has to follow from them any more. Only where each change is counted once are they masked for good
 * while they are pending: without them, what they still have to add or take away would never be counted.
 *
 * @returns what could not be told apart
 */
export async function forgetInFailures(place: ForgetIn): Promise<string[]> {
  const letters = await forgetLetters(place);
  await forgetInBatches(place);
  const unreadable = letters.filter(({ letter }) => changeIn(letter.record, place.region.name) === undefined).length;
  if (unreadable === 0) return [];
  return [
    `${place.region.name}: nobody can tell whether ${unreadable} unreadable dead letters are about the item: ` +
      'look at them with `tributary dead-letters show`, and discard them',
  ];
}

async function forgetLetters(place: ForgetIn): Promise<readonly ListedLetter[]> {
  const { region, change } = place;
  const { concerns, mask } = recordsOf(place);
  const letters = await listDeadLetters(region, {});
  let deleted = 0;
  const ofItem = letters.filter(({ letter }) => concerns(letter.record));
  await forEachBounded(ofItem, writesAtOnce, async ({ key, letter }) => {
    if (letter.state !== 'pending' || !isCounted(region, letter.consumer)) {
      if (!change({ service: 's3', action: 'delete', target: 'dead-letters', key })) return;
      await region.failures.delete(key);
      deleted += 1;
      return;
    }
    if (isMasked(letter)) return;
    if (!change({ service: 's3', action: 'mask', target: 'dead-letters', key, detail: stillCounted })) return;
    const masked = { ...letter, record: mask(letter.record), redaction: 'masked' };
    await region.failures.put({ key, body: JSON.stringify(masked), ...json });
  });
  if (deleted > 0) await clearNotices(region);
  return letters;
}

async function forgetInBatches(place: ForgetIn): Promise<void> {
  const { region, change } = place;
  const { concerns, mask, wanted } = recordsOf(place);
  const objects = await listFailureObjects(region, {});
  const holding = objects.filter(({ batch }) => batch.records.some(({ record }) => concerns(record)));
  await forEachBounded(holding, writesAtOnce, async ({ key, consumer, state, batch }) => {
    const isOwed = state === 'pending' && isCounted(region, consumer);
    if (!isOwed && batch.records.every(({ record }) => concerns(record))) {
      if (change({ service: 's3', action: 'delete', target: 'failure objects', key })) await deleteFailure(region, key);
      return;
    }
    const body = await region.failures.get(key);
    if (body === undefined) return;
    const masked = (record: unknown) => (concerns(record) ? [mask(record)] : [record]);
    const without = (record: unknown) => (concerns(record) ? [] : [record]);
    const changed = changeRecords(JSON.parse(body), { each: isOwed ? masked : without, item: wanted });
    if (changed === undefined) return;
    const how = isOwed ? { action: 'mask' as const, detail: stillCounted } : { action: 'erase' as const };
    if (!change({ service: 's3', target: 'failure objects', key, ...how })) return;
    await region.failures.put({ key, body: JSON.stringify(changed), ...json });
  });
}

/** Lambda's object, and what a person did about it. */
async function deleteFailure({ failures }: TargetRegion, key: string): Promise<void> {
  await failures.delete(key);
  await failures.delete(stateKey(key));
}

/** Whether every change counts once, so that none may be missing. */
function isCounted({ consumers }: TargetRegion, name: string): boolean {
  return consumers.some((each) => each.name === name && 'strategy' in each && each.strategy === 'range');
}

function recordsOf({ region, keys, table }: ForgetIn) {
  const wanted = keyText(keys);
  // Nobody keeps the key of these masks.
  const maskKey = randomBytes(32);
  return {
    wanted,
    mask: (record: unknown) => maskRecord(record, { table, key: maskKey }),
    concerns: (record: unknown) => {
      const read = changeIn(record, region.name);
      return read !== undefined && keyText(read.keys) === wanted;
    },
  };
}

const stillCounted = 'personal data only: the rest is still to be counted';
const json = { contentType: 'application/json' } as const;

function isMasked(letter: object): boolean {
  return 'redaction' in letter && letter.redaction === 'masked';
}

/** A failure's document with other records; undefined when that was done before. Lambda's payload is a text. */
function changeRecords(
  document: unknown,
  { each, item }: { readonly each: (record: unknown) => readonly unknown[]; readonly item: string },
): unknown {
  if (!isObject(document)) return undefined;
  const forgotten = Array.isArray(document.forgotten) ? document.forgotten : [];
  if (forgotten.includes(item)) return undefined;
  const { payload } = document;
  const event: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
  if (!isObject(event) || !Array.isArray(event.Records)) return undefined;
  const changed = { ...event, Records: event.Records.flatMap(each) };
  return {
    ...document,
    forgotten: [...forgotten, item],
    payload: typeof payload === 'string' ? JSON.stringify(changed) : changed,
  };
}
