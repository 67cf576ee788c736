const syntax = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Milliseconds since the epoch of an ISO 8601 timestamp with a zone, `undefined` for any other text. Without a zone it
 * would mean another time on every machine. Fractions below a millisecond are cut off.
 */
export function parseTimestampMs(text: string): number | undefined {
  const match = syntax.exec(text);
  if (match === null) return undefined;
  const timeMs = Date.parse(text);
  // Date.parse takes the 30th of February for the 1st of March.
  const [, day = ''] = match;
  const isRealDay = new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day);
  return Number.isNaN(timeMs) || !isRealDay ? undefined : timeMs;
}
