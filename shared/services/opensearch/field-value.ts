/** The types of fields that are supported here, of OpenSearch's many. */
export const fieldTypes = ['text', 'keyword', 'long', 'double', 'date', 'boolean'] as const;
export type FieldType = (typeof fieldTypes)[number];

/** What a field holds once parsed: dates are milliseconds since the epoch. */
export type FieldValue = string | number | boolean;

/**
 * The value as OpenSearch would index or compare it in a field of this type (strings are coerced to numbers, a long
 * loses its fraction), or `undefined` when it refuses it. Longs beyond 2^53 are compared with a double's precision.
 */
export function parseFieldValue(type: FieldType, value: unknown): FieldValue | undefined {
  switch (type) {
    case 'text':
    case 'keyword':
      return typeof value === 'object' ? undefined : String(value);
    case 'long':
      return parseLong(value);
    case 'double':
      return parseNumber(value);
    case 'date':
      return parseDateMs(value);
    case 'boolean':
      return parseBoolean(value);
    default:
      return type satisfies never;
  }
}

/** The type that dynamic mapping gives a first value. Texts that read as dates become dates. */
export function dynamicTypeOf(value: unknown): FieldType {
  if (typeof value === 'boolean') return 'boolean';
  if (typeof value === 'number') return Number.isInteger(value) ? 'long' : 'double';
  return typeof value === 'string' && looksLikeDate.test(value) && parseDateMs(value) !== undefined ? 'date' : 'text';
}

function parseNumber(value: unknown): number | undefined {
  if (typeof value === 'string' ? value.trim() === '' : typeof value !== 'number') return undefined;
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
}

function parseLong(value: unknown): number | undefined {
  const number = parseNumber(value);
  return number === undefined || Math.abs(number) > 2 ** 63 ? undefined : Math.trunc(number);
}

function parseBoolean(value: unknown): boolean | undefined {
  if (value === true || value === 'true') return true;
  return value === false || value === 'false' || value === '' ? false : undefined;
}

/** `strict_date_optional_time`, without week dates. */
const strictDate = /^\d{4}(-\d{2}(-\d{2}(T(\d{2}(:\d{2}(:\d{2}([.,]\d{1,9})?)?)?(Z|[+-]\d{2}(:?\d{2})?)?)?)?)?)?$/;
/** Date detection skips plain years: "2024" stays a text. */
const looksLikeDate = /^\d{4}-\d{2}/;
const epochMs = /^-?\d+$/;

/** OpenSearch's default format, `strict_date_optional_time||epoch_millis`; a time without zone is UTC. */
function parseDateMs(value: unknown): number | undefined {
  if (typeof value === 'number') return Math.trunc(value);
  if (typeof value !== 'string') return undefined;
  if (!strictDate.test(value)) return epochMs.test(value) ? Number(value) : undefined;
  const [day = '', time = ''] = value.split('T');
  const zone = /(Z|[+-]\d{2}(?::?\d{2})?)$/.exec(time)?.[0] ?? '';
  const clock = time.slice(0, time.length - zone.length).replace(',', '.');
  const fullClock = clock.length <= 2 ? `${clock || '00'}:00` : clock;
  const ms = Date.parse(`${day}T${fullClock}${fullZone(zone)}`);
  return Number.isNaN(ms) ? undefined : ms;
}

function fullZone(zone: string): string {
  if (zone === '' || zone === 'Z') return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}
