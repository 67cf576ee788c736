import { HyperLogLog } from 'hyperlolo';

/** 4,096 registers of a byte: estimates are within about 1.6 % (standard error), whatever the number of texts. */
const precision = 12;

/**
 * A sketch of the texts of `sketch` (absent: none) and these. It can tell how many different texts it has seen, not
 * which: a text that comes again leaves it as it is.
 */
export function withTexts(sketch: Uint8Array | undefined, texts: Iterable<string>): Uint8Array {
  const counter = sketch === undefined ? new HyperLogLog({ precision }) : read(sketch);
  for (const text of texts) counter.add(text);
  return counter.serialize();
}

/** About how many different texts these sketches have seen together. */
export function countDistinct(sketches: readonly Uint8Array[]): number {
  const [first, ...others] = sketches.map(read);
  if (first === undefined) return 0;
  return Math.round(others.reduce((merged, other) => merged.merge(other), first).count());
}

function read(sketch: Uint8Array): HyperLogLog {
  return HyperLogLog.deserialize(Buffer.from(sketch));
}
