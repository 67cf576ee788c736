import type { AttributeMap, AttributeValue } from '../event.ts';

/** Attributes as an SDK returns them (binary as bytes) or as they came over the wire (binary as base64). */
export interface RawAttributeMap {
  readonly [name: string]: object;
}

/** The attributes as Lambda writes them into an event: every binary value in base64, everything else as it is. */
export function toAttributeMap(raw: RawAttributeMap): AttributeMap {
  return Object.fromEntries(Object.entries(raw).map(([name, value]) => [name, toAttributeValue(value, name)]));
}

function toAttributeValue(raw: unknown, name: string): AttributeValue {
  if (typeof raw === 'object' && raw !== null) {
    if ('S' in raw && typeof raw.S === 'string') return { S: raw.S };
    if ('N' in raw && typeof raw.N === 'string') return { N: raw.N };
    if ('B' in raw) return { B: base64(raw.B, name) };
    if ('BOOL' in raw && typeof raw.BOOL === 'boolean') return { BOOL: raw.BOOL };
    if ('NULL' in raw && typeof raw.NULL === 'boolean') return { NULL: raw.NULL };
    if ('SS' in raw && isTexts(raw.SS)) return { SS: raw.SS };
    if ('NS' in raw && isTexts(raw.NS)) return { NS: raw.NS };
    if ('BS' in raw && Array.isArray(raw.BS)) return { BS: raw.BS.map((value) => base64(value, name)) };
    if ('L' in raw && Array.isArray(raw.L)) return { L: raw.L.map((value) => toAttributeValue(value, name)) };
    if ('M' in raw && isMap(raw.M)) return { M: toAttributeMap(raw.M) };
  }
  throw new Error(`Attribute ${name} holds none of DynamoDB's types.`);
}

function base64(value: unknown, name: string): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  throw new Error(`The binary value of attribute ${name} is neither bytes nor base64.`);
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}

function isMap(value: unknown): value is RawAttributeMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
