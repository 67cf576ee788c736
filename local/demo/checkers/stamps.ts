/** What the users table promises about stamps, written down a second time on purpose. */
import type { SourceRecord } from './stored.ts';

/** Of `<microseconds>/<counter>/<region>`, of fixed width: the order of texts is the order of writes. */
export interface StampParts {
  readonly microseconds: string;
  readonly counter: string;
  readonly region: string;
}

export function partsOf(stamp: string): StampParts {
  const [microseconds = '', counter = '', region = ''] = stamp.split('/');
  return { microseconds, counter, region: region.replace(/_+$/, '') };
}

export function originOf(stamp: string): string {
  return partsOf(stamp).region;
}

/** The stamp that a write gave to the item; undefined when it gave none that is higher than the one before. */
export function givenStamp({ oldStamp, newStamp }: SourceRecord): string | undefined {
  return newStamp !== undefined && (oldStamp === undefined || newStamp > oldStamp) ? newStamp : undefined;
}

/** Why the second of two stamps wins. */
export function reasonFor(lost: string, won: string): 'later clock' | 'higher counter' | 'higher region name' {
  const [loser, winner] = [partsOf(lost), partsOf(won)];
  if (loser.microseconds !== winner.microseconds) return 'later clock';
  return loser.counter === winner.counter ? 'higher region name' : 'higher counter';
}
