/** Equal for equal items and records, whatever the order of attributes and of members of sets. */
export function contentOf(item: object): string {
  return JSON.stringify(sorted(item));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, part]): [string, unknown] => [
    name,
    /^(SS|NS|BS)$/.test(name) && Array.isArray(part) ? part.toSorted() : sorted(part),
  ]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
