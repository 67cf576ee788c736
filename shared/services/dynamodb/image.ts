import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap, AttributeValue } from '../../change/attribute-value.ts';

/** An item as the SDK gives it, as an image of a stream record: the same but for binary, which is base64 text there. */
export function toImage(item: Readonly<Record<string, SdkValue>>): AttributeMap {
  return mapped(item, toImageValue);
}

/** An image or a key of a stream record as the SDK wants it. */
export function toItem(image: AttributeMap): Record<string, SdkValue> {
  return mapped(image, toSdkValue);
}

const ownProperty = { enumerable: true, configurable: true, writable: true } as const;

/** Without lists of pairs in between: every item passes here, on its way in and on its way out. */
function mapped<From, To>(values: Readonly<Record<string, From>>, map: (value: From) => To): Record<string, To> {
  const result: Record<string, To> = {};
  for (const name of Object.keys(values)) {
    const value = values[name];
    if (value === undefined) continue;
    // Assigned, this name would set the prototype.
    if (name === '__proto__') Object.defineProperty(result, name, { value: map(value), ...ownProperty });
    else result[name] = map(value);
  }
  return result;
}

function toImageValue(value: SdkValue): AttributeValue {
  if (value.S !== undefined) return { S: value.S };
  if (value.N !== undefined) return { N: value.N };
  if (value.B !== undefined) return { B: base64(value.B) };
  if (value.BOOL !== undefined) return { BOOL: value.BOOL };
  if (value.SS !== undefined) return { SS: [...value.SS] };
  if (value.NS !== undefined) return { NS: [...value.NS] };
  if (value.BS !== undefined) return { BS: value.BS.map(base64) };
  if (value.L !== undefined) return { L: value.L.map(toImageValue) };
  if (value.M !== undefined) return { M: toImage(value.M) };
  return { NULL: true };
}

function toSdkValue(value: AttributeValue): SdkValue {
  if ('B' in value) return { B: Buffer.from(value.B, 'base64') };
  if ('BS' in value) return { BS: value.BS.map((each) => Buffer.from(each, 'base64')) };
  if ('SS' in value) return { SS: [...value.SS] };
  if ('NS' in value) return { NS: [...value.NS] };
  if ('L' in value) return { L: value.L.map(toSdkValue) };
  if ('M' in value) return { M: toItem(value.M) };
  return value;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}
