/** JSON writes some UTF-16 units as six bytes: `\u001f`. All others take less. */
const BYTES_PER_UNIT = 6;
/** `-1.2345678901234567e-308` */
const NUMBER_BYTES = 24;

/**
 * At least the bytes of the JSON text of `value`, without making it: what is far below a limit by this measure need
 * not be encoded to know that it fits.
 */
export function boundBytes(value: unknown): number {
  if (typeof value === 'string') return value.length * BYTES_PER_UNIT + 2;
  if (typeof value !== 'object' || value === null) return NUMBER_BYTES;
  let bytes = 2;
  if (Array.isArray(value)) {
    for (const item of value) bytes += boundBytes(item) + 1;
    return bytes;
  }
  // No list of names: this runs for every record there is.
  for (const name in value) bytes += name.length * BYTES_PER_UNIT + 4 + boundBytes(value[name as keyof typeof value]);
  return bytes;
}
