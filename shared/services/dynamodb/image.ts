import type { AttributeValue as SdkValue } from '@aws-sdk/client-dynamodb';
import type { AttributeMap, AttributeValue } from '../../change/attribute-value.ts';

/** An item as the SDK gives it, as an image of a stream record: the same but for binary, which is base64 text there. */
export function toImage(item: Readonly<Record<string, SdkValue>>): AttributeMap {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, toImageValue(value)]));
}

/** An image or a key of a stream record as the SDK wants it. */
export function toItem(image: AttributeMap): Record<string, SdkValue> {
  return Object.fromEntries(Object.entries(image).map(([name, value]) => [name, toSdkValue(value)]));
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
