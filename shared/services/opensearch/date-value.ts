/** `strict_date_optional_time`, without week dates and days of the year. */
const clock = String.raw`(\d{2})(?::(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?(Z|[+-]\d{2}(?::?\d{2})?)?`;
const strictDate = new RegExp(String.raw`^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(?:${clock})?)?)?)?$`);

/**
 * The milliseconds since the epoch that a date stands for, both ends included, in OpenSearch's default format
 * `strict_date_optional_time||epoch_millis`: a day without time is the whole day, an hour the whole hour; but a month
 * is only its first day. A time without zone is UTC. `undefined` for anything else.
 *
 * See the OpenSearch documentation, pages "Date field type" (formats) and "Range query" (missing parts of a date).
 */
export function dateInterval(value: unknown): { from: number; to: number } | undefined {
  const match = typeof value === 'string' ? strictDate.exec(value) : null;
  if (match !== null) return writtenDate(match);
  if (typeof value === 'string' ? !/^-?\d+(\.\d+)?$/.test(value) : typeof value !== 'number') return undefined;
  const ms = Math.floor(Number(value));
  return Math.abs(ms) > 2 ** 63 ? undefined : { from: ms, to: ms };
}

function writtenDate([, year, month, day, hour, minute, second, fraction, zone]: RegExpExecArray) {
  const [y, m, d] = [Number(year), Number(month ?? 1), Number(day ?? 1)];
  const from = utcMs([y, m, d, Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0)]);
  const to = utcMs([y, m, d, Number(hour ?? 23), Number(minute ?? 59), Number(second ?? 59)]);
  const offsetMs = zoneOffsetMs(zone);
  if (from === undefined || to === undefined || offsetMs === undefined) return undefined;
  const fractionMs = fraction === undefined ? undefined : Number(fraction.padEnd(3, '0').slice(0, 3));
  return { from: from + (fractionMs ?? 0) - offsetMs, to: to + (fractionMs ?? 999) - offsetMs };
}

/** `undefined` where a part is out of its range, such as 30 February or hour 24. */
function utcMs(parts: [number, number, number, number, number, number]): number | undefined {
  const [year, month, day, hour, minute, second] = parts;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  const kept = [
    date.getUTCFullYear(),
    date.getUTCMonth() + 1,
    date.getUTCDate(),
    date.getUTCHours(),
    date.getUTCMinutes(),
  ];
  return kept.every((part, position) => part === parts[position]) && second < 60 ? date.getTime() : undefined;
}

function zoneOffsetMs(zone = 'Z'): number | undefined {
  if (zone === 'Z') return 0;
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  const [hours, minutes] = [Number(digits.slice(0, 2)), Number(digits.slice(2))];
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
