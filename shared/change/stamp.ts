import type { AttributeMap } from './attribute-value.ts';
import { isObject } from './raw-json.ts';

/**
 * When and where a write was made: a hybrid logical clock (microseconds, counter) and the region, as one text of fixed
 * width, `1767225600000123/00000/eu-west-1___________`. Text order is the order of writes between regions, in
 * JavaScript and in a DynamoDB condition alike (all of it is ASCII). Never compare it with local order (`version.ts`).
 */
export type Stamp = string & { readonly [stampBrand]: true };

declare const stampBrand: unique symbol;

export interface StampParts {
  /** Since the epoch. */
  readonly microseconds: bigint;
  readonly counter: number;
  readonly region: string;
}

const microsecondDigits = 16;
const counterDigits = 5;
/** AWS's longest names have 15 characters. */
const regionWidth = 20;
const microsecondsEnd = 10n ** BigInt(microsecondDigits);
const counterEnd = 10 ** counterDigits;
/** No character of a region's name, so that the padding can be told from it. */
const padding = '_';
const regionSyntax = new RegExp(`^[a-z0-9-]{1,${regionWidth}}$`);
const stampSyntax = new RegExp(`^(\\d{${microsecondDigits}})/(\\d{${counterDigits}})/([a-z0-9-]+)${padding}*$`);
const stampLength = microsecondDigits + counterDigits + regionWidth + 2;

/** The stamp that a text is; `undefined` when it is none: then whatever carries it counts as unstamped. */
export function readStamp(text: string | undefined): Stamp | undefined {
  return text !== undefined && isStamp(text) ? text : undefined;
}

/** The stamp of an image; `undefined` when the attribute is missing or holds anything else than a stamp. */
export function stampOf(image: AttributeMap | undefined, versionAttribute: string): Stamp | undefined {
  const value: unknown = image?.[versionAttribute];
  return isObject(value) && typeof value.S === 'string' ? readStamp(value.S) : undefined;
}

export function stampParts(stamp: Stamp): StampParts {
  const [microseconds = '', counter = '', region = ''] = stamp.split('/');
  return { microseconds: BigInt(microseconds), counter: Number(counter), region: region.replaceAll(padding, '') };
}

/**
 * The stamp of a new write: that of the clock, or just above `after` when the clock has not passed it. Always greater
 * than `after` and never below the clock, so a write wins over everything that its writer has seen.
 *
 * @throws {RangeError} when the region is no region's name, or the clock is not between 1970 and 2286.
 */
export function nextStamp(options: {
  readonly nowMicroseconds: bigint;
  readonly after?: Stamp | undefined;
  readonly region: string;
}): Stamp {
  const { nowMicroseconds, after, region } = options;
  const now = stampFrom({ microseconds: nowMicroseconds, counter: 0, region });
  return after === undefined || now > after ? now : successor(after, region);
}

/**
 * The smallest stamp greater than `stamp` that names `region`: for a write that may win over this one state only.
 *
 * @throws {RangeError} as `nextStamp`, and for the last stamp of all.
 */
export function successor(stamp: Stamp, region: string): Stamp {
  const { microseconds, counter } = stampParts(stamp);
  const sameTick = stampFrom({ microseconds, counter, region });
  if (sameTick > stamp) return sameTick;
  if (counter + 1 < counterEnd) return stampFrom({ microseconds, counter: counter + 1, region });
  return stampFrom({ microseconds: microseconds + 1n, counter: 0, region });
}

/**
 * The stamp by which a change has its place between regions: only when it is greater than the one before. Anything else
 * is an unstamped write, such as an update that leaves the old stamp in place or a put of an earlier image.
 */
export function countingStamp(
  { oldImage, newImage }: { readonly oldImage?: AttributeMap; readonly newImage?: AttributeMap },
  versionAttribute: string,
): Stamp | undefined {
  const before = stampOf(oldImage, versionAttribute);
  const after = stampOf(newImage, versionAttribute);
  return after !== undefined && (before === undefined || after > before) ? after : undefined;
}

function stampFrom({ microseconds, counter, region }: StampParts): Stamp {
  if (!regionSyntax.test(region)) throw new RangeError(`"${region}" is not the name of a region, such as eu-west-1`);
  const parts = [
    microseconds.toString().padStart(microsecondDigits, '0'),
    counter.toString().padStart(counterDigits, '0'),
    region.padEnd(regionWidth, padding),
  ];
  const text = parts.join('/');
  if (microseconds < 0n || microseconds >= microsecondsEnd || !isStamp(text)) {
    throw new RangeError(`${microseconds} microseconds since 1970 are not between 1970 and 2286`);
  }
  return text;
}

function isStamp(text: string): text is Stamp {
  return text.length === stampLength && stampSyntax.test(text);
}
