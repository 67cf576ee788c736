import { isJsonObject } from '../../../shared/services/opensearch/json.ts';
import { illegalArgument } from './api-error.ts';

/** Settings by name without the prefix `index.`. All but `gc_deletes` and `blocks.write` have no effect. */
export type IndexSettings = Readonly<Record<string, string>>;

const known = new Set(['number_of_shards', 'number_of_replicas', 'refresh_interval', 'gc_deletes', 'blocks.write']);

/** Accepts `{index: {x}}`, `{"index.x"}` and `{x}`. @throws {SearchApiError} for a setting that is not known. */
export function parseIndexSettings(settings: unknown): IndexSettings {
  const parsed: Record<string, string> = {};
  for (const [name, value] of flatten(settings)) {
    if (!known.has(name)) {
      throw illegalArgument(
        `unknown setting [index.${name}] please check that any required plugins are installed, ` +
          'or check the breaking changes documentation for removed settings',
      );
    }
    parsed[name] = String(value);
  }
  gcDeletesMs(parsed);
  return parsed;
}

/** How long the version of a deleted document is remembered. 60 s unless set. */
export function gcDeletesMs({ gc_deletes: text = '60s' }: IndexSettings): number {
  const [, amount, unit = ''] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const unitMs = unitsMs.get(unit);
  if (unitMs === undefined) {
    throw illegalArgument(`failed to parse setting [index.gc_deletes] with value [${text}] as a time value`);
  }
  return Number(amount) * unitMs;
}

const unitsMs = new Map([
  ['ms', 1],
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
  ['d', 86_400_000],
]);

function flatten(settings: unknown): [string, unknown][] {
  if (!isJsonObject(settings)) return [];
  return Object.entries(settings).flatMap(([name, value]) =>
    name === 'index' ? flatten(value) : [[name.replace(/^index\./, ''), value] satisfies [string, unknown]],
  );
}
