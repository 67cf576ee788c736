import type { AttributeMap, AttributeValue } from '../change/attribute-value.ts';

export interface Images {
  readonly Keys: AttributeMap;
  readonly NewImage?: AttributeMap;
  readonly OldImage?: AttributeMap;
}

/** As Kinesis Data Streams for DynamoDB writes them: binary encoded twice. */
export function encodeImagesAgain({ Keys, NewImage, OldImage }: Images): Images {
  return {
    Keys: mapValues(Keys, encodeBinaryAgain),
    ...(NewImage === undefined ? {} : { NewImage: mapValues(NewImage, encodeBinaryAgain) }),
    ...(OldImage === undefined ? {} : { OldImage: mapValues(OldImage, encodeBinaryAgain) }),
  };
}

function encodeBinaryAgain(value: AttributeValue): AttributeValue {
  if ('B' in value) return { B: Buffer.from(value.B).toString('base64') };
  if ('BS' in value) return { BS: value.BS.map((member) => Buffer.from(member).toString('base64')) };
  if ('L' in value) return { L: value.L.map(encodeBinaryAgain) };
  if ('M' in value) return { M: mapValues(value.M, encodeBinaryAgain) };
  return value;
}

function mapValues<From, To>(
  object: { readonly [name: string]: From },
  change: (value: From) => To,
): { [name: string]: To } {
  return Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]));
}
