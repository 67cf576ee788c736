import type { AlarmState, AlarmView } from '../../shared/operations/alarms.ts';
import { usersAffected } from '../../shared/runtime/alarm-catalogue.ts';
import { metricNamespace } from '../../shared/runtime/metrics.ts';
import { createMappingViews } from '../control/mapping-views.ts';
import { metricsIn } from '../pipeline/outcome-counts.ts';
import type { Place } from '../pipeline/pipeline-options.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';
import { evaluate } from './evaluate.ts';
import { type LaptopAlarm, laptopAlarms, laptopStage } from './laptop-alarms.ts';
import { createMeasure } from './measure.ts';
import { createMetricStore, type MetricStore } from './metric-store.ts';

export interface LaptopAlarms {
  views(): readonly AlarmView[];
  /** Takes one line that a function wrote. */
  read(place: Place, line: string): void;
  /** Begins to measure once a minute. */
  watch(pipeline: Pick<Pipeline, 'regions'>): { stop(): void };
}

/**
 * How long a minute of the definitions lasts on a laptop, for periods and for ages: nobody waits for twenty minutes to
 * see an alarm go on. Thresholds, periods and numbers of points are those that are deployed. Minutes are counted, not
 * timed: on a busy machine one takes longer, and no point is missing.
 */
const laptopMinuteMs = 1_000;
const minuteMs = 60_000;

interface Known {
  readonly state: AlarmState;
  readonly sinceMs?: number;
}

/** The alarms of the catalogue, decided from what functions and mappings of this machine report. */
export function createLaptopAlarms(nowMs: () => number): LaptopAlarms {
  const store = createMetricStore();
  let watched: readonly LaptopAlarm[] = [];
  let regions: readonly string[] = [];
  /** Time as the definitions have it. */
  let minutes = 0;
  const known = new Map<string, Known>();

  function decide(): void {
    const longestMs = Math.max(0, ...watched.map(({ definition }) => spanMs(definition)));
    store.forget(minutes * minuteMs - longestMs);
    for (const alarm of watched) note(`${alarm.region}/${alarm.name}`, stateOf(alarm, { store, minutes }));
    for (const region of regions) {
      const visible = watched.filter((each) => each.region === region && each.definition.userVisible);
      const isOn = visible.some(({ name }) => known.get(`${region}/${name}`)?.state === 'on');
      note(`${region}/${usersAffected.name}`, isOn ? 'on' : 'ok');
    }
  }

  function note(key: string, state: AlarmState): void {
    const before = known.get(key);
    if (before?.state === state) return;
    known.set(key, before === undefined ? { state } : { state, sinceMs: nowMs() });
  }

  function viewOf(about: Pick<AlarmView, 'region' | 'name' | 'section' | 'meaning'>): AlarmView {
    const { state, sinceMs } = known.get(`${about.region}/${about.name}`) ?? { state: 'unknown' };
    return { ...about, state, ...(sinceMs === undefined ? {} : { since: new Date(sinceMs).toISOString() }) };
  }

  return {
    views: () => [
      ...regions.map((region) => viewOf({ region, section: usersAffected.name, ...usersAffected })),
      ...watched.map(({ region, name, section, definition: { meaning } }) =>
        viewOf({ region, name, section, meaning }),
      ),
    ],
    read({ region, consumer }, line) {
      const dimensions = { service: consumer, stage: laptopStage };
      for (const [metric, value] of metricsIn(line)) {
        store.add({ region, namespace: metricNamespace, metric, dimensions }, { atMs: minutes * minuteMs, value });
      }
    },
    watch(pipeline) {
      const definitionsOf = (region: Pipeline['regions'][number]) =>
        region.consumers.map(({ definition }) => definition);
      watched = pipeline.regions.flatMap((region) => laptopAlarms(region.name, definitionsOf(region)));
      regions = pipeline.regions.map(({ name }) => name);
      const { all: mappings } = createMappingViews(pipeline, nowMs);
      const measure = createMeasure({ regions: pipeline.regions, mappings, ageFactor: minuteMs / laptopMinuteMs });
      return everyMinute(async () => {
        const measured = await measure();
        for (const { value, ...identity } of measured) store.add(identity, { atMs: minutes * minuteMs, value });
        minutes += 1;
        decide();
      });
    },
  };
}

function stateOf(
  { definition, threshold, watches }: LaptopAlarm,
  { store, minutes }: { readonly store: MetricStore; readonly minutes: number },
): AlarmState {
  const { points, of = points } = definition;
  const periodMs = definition.periodS * 1000;
  const { statistic } = watches;
  const values = Array.from({ length: of }, (_, back) => {
    const toMs = minutes * minuteMs - back * periodMs;
    return store.statistic(watches, { fromMs: toMs - periodMs, toMs, statistic });
  });
  return evaluate({ definition, threshold, values, isWhole: minutes * minuteMs >= of * periodMs });
}

function spanMs({ points, of = points, periodS }: { points: number; of?: number; periodS: number }): number {
  return of * periodS * 1000;
}

/** Never twice at once: a machine that is busy measures less often. */
function everyMinute(work: () => Promise<void>): { stop(): void } {
  let isBusy = false;
  const timer = setInterval(async () => {
    if (isBusy) return;
    isBusy = true;
    await work().catch(() => undefined);
    isBusy = false;
  }, laptopMinuteMs);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
