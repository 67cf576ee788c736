import type { AttributeMap, AttributeValue } from '../../shared/change/attribute-value.ts';

/**
 * `SizeBytes` of a stream record: the sizes of its keys and images, counted as DynamoDB counts item sizes.
 *
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function recordSizeBytes(record: {
  readonly Keys: AttributeMap;
  readonly NewImage?: AttributeMap;
  readonly OldImage?: AttributeMap;
}): number {
  return mapSize(record.Keys) + mapSize(record.NewImage ?? {}) + mapSize(record.OldImage ?? {});
}

function mapSize(map: AttributeMap): number {
  return Object.entries(map).reduce((total, [name, value]) => total + textSize(name) + valueSize(value), 0);
}

// A document costs 3 bytes, and each of its elements 1 byte beside its own size.
const documentOverhead = 3;

function valueSize(value: AttributeValue): number {
  if ('S' in value) return textSize(value.S);
  if ('N' in value) return numberSize(value.N);
  if ('B' in value) return binarySize(value.B);
  if ('SS' in value) return total(value.SS.map(textSize));
  if ('NS' in value) return total(value.NS.map(numberSize));
  if ('BS' in value) return total(value.BS.map(binarySize));
  if ('L' in value) return documentOverhead + value.L.length + total(value.L.map(valueSize));
  if ('M' in value) return documentOverhead + Object.keys(value.M).length + mapSize(value.M);
  return 1;
}

function textSize(text: string): number {
  return Buffer.byteLength(text, 'utf8');
}

function binarySize(base64: string): number {
  return Buffer.byteLength(base64, 'base64');
}

// Two significant digits share a byte; zeros before the first and after the last of them are not stored.
function numberSize(text: string): number {
  const mantissa = text.split(/[eE]/)[0] ?? '';
  const significant = mantissa.replace(/\D/g, '').replace(/^0+|0+$/g, '').length;
  return Math.ceil(significant / 2) + 1 + (mantissa.startsWith('-') ? 1 : 0);
}

function total(sizes: readonly number[]): number {
  return sizes.reduce((sum, size) => sum + size, 0);
}
