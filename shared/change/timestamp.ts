const syntax = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/;

/**
 * Milliseconds since the epoch of an ISO 8601 timestamp with a zone, `undefined` for any other text. Without a zone it
 * would mean another time on every machine. Fractions below a millisecond are cut off.
 */
export function parseTimestampMs(text: string): number | undefined {
  if (!syntax.test(text)) return undefined;
  const timeMs = Date.parse(text);
  return Number.isNaN(timeMs) || !isRealDay(text.slice(0, 10)) ? undefined : timeMs;
}

/** Date.parse takes the 30th of February for the 1st of March. */
function isRealDay(day: string): boolean {
  if (Number(day.slice(8)) <= 28) return true;
  return new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day);
}
