import { randomBytes } from 'node:crypto';
import { forEachBounded } from '../../batch/bounded.ts';
import { keyText } from '../../change/key-text.ts';
import { isObject } from '../../change/raw-json.ts';
import { changeIn } from '../explain/failures-of.ts';
import { listFailureObjects } from '../failures/failure-objects.ts';
import { listDeadLetters } from '../failures/list-dead-letters.ts';
import { maskRecord } from '../masking.ts';
import type { ForgetIn } from './forget-in.ts';

const writesAtOnce = 8;

/**
 * Dead letters about the item that are settled are deleted. Pending ones, and the item's records in failure objects,
 * are masked for good: without them what they still have to add or take away would never be counted.
 *
 * @returns what could not be told apart
 */
export async function forgetInFailures(place: ForgetIn): Promise<string[]> {
  const { region, keys, table, change } = place;
  const wanted = keyText(keys);
  // Nobody keeps the key of these masks.
  const maskKey = randomBytes(32);
  const mask = (record: unknown) => maskRecord(record, { table, key: maskKey });
  const concerns = (record: unknown) => {
    const read = changeIn(record, region.name);
    return read !== undefined && keyText(read.keys) === wanted;
  };
  const letters = await listDeadLetters(region, {});
  const ofItem = letters.filter(({ letter }) => concerns(letter.record));
  await forEachBounded(ofItem, writesAtOnce, async ({ key, letter }) => {
    if (letter.state !== 'pending') {
      if (change({ service: 's3', action: 'delete', target: 'dead-letters', key })) await region.failures.delete(key);
      return;
    }
    if (isMasked(letter)) return;
    if (!change({ service: 's3', action: 'mask', target: 'dead-letters', key })) return;
    const masked = { ...letter, record: mask(letter.record), redaction: 'masked' };
    await region.failures.put({ key, body: JSON.stringify(masked), ...json });
  });
  const objects = await listFailureObjects(region, {});
  const holding = objects.filter(({ batch }) => batch.records.some(({ record }) => concerns(record)));
  await forEachBounded(holding, writesAtOnce, async ({ key }) => {
    const body = await region.failures.get(key);
    if (body === undefined) return;
    const masked = maskIn(JSON.parse(body), (record) => (concerns(record) ? mask(record) : record), wanted);
    if (masked === undefined) return;
    if (!change({ service: 's3', action: 'mask', target: 'failure objects', key })) return;
    await region.failures.put({ key, body: JSON.stringify(masked), ...json });
  });
  const unreadable = letters.filter(({ letter }) => changeIn(letter.record, region.name) === undefined).length;
  if (unreadable === 0) return [];
  return [`${region.name}: nobody can tell whether ${unreadable} unreadable dead letters are about the item`];
}

const json = { contentType: 'application/json' } as const;

function isMasked(letter: object): boolean {
  return 'redaction' in letter && letter.redaction === 'masked';
}

/** A failure's document with its records changed; undefined when that was done before. Lambda's payload is a text. */
function maskIn(document: unknown, each: (record: unknown) => unknown, item: string): unknown {
  if (!isObject(document)) return undefined;
  const forgotten = Array.isArray(document.forgotten) ? document.forgotten : [];
  if (forgotten.includes(item)) return undefined;
  const { payload } = document;
  const event: unknown = typeof payload === 'string' ? JSON.parse(payload) : payload;
  if (!isObject(event) || !Array.isArray(event.Records)) return undefined;
  const changed = { ...event, Records: event.Records.map(each) };
  return {
    ...document,
    forgotten: [...forgotten, item],
    payload: typeof payload === 'string' ? JSON.stringify(changed) : changed,
  };
}
