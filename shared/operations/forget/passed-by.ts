import type { MappingView } from '../mappings.ts';

/** How mappings stood at a moment. */
export interface Moment {
  readonly atMs: number;
  readonly views: readonly MappingView[];
}

/**
 * Consumers that may still have something before them that was written until then: what they refuse of it would be kept
 * as a failure once more.
 */
export function notPassed(then: Moment, now: Moment): readonly string[] {
  return now.views
    .filter((view) => !isPassed(view, { before: then.views.find((each) => isSame(each, view)), then, now }))
    .map(({ region, consumer }) => `${region}: ${consumer} has not taken all that was written before the deletion`);
}

/** Consumers that rest, whom nothing reaches until somebody lets them go on. */
export function resting(views: readonly MappingView[]): readonly string[] {
  return views
    .filter(({ state, behind }) => state !== 'running' && behind !== 0)
    .map(
      ({ region, consumer, state }) =>
        `${region}: ${consumer} is ${state}, so the deletion does not reach it: \`tributary resume ${consumer}\` first`,
    );
}

function isPassed(
  { behind, processed, oldestMs }: MappingView,
  { before, then, now }: { readonly before: MappingView | undefined; readonly then: Moment; readonly now: Moment },
): boolean {
  if (behind === 0) return true;
  if (processed !== undefined && before?.processed !== undefined) {
    return processed >= before.processed + (before.behind ?? 0);
  }
  return oldestMs === undefined || oldestMs < now.atMs - then.atMs;
}

function isSame(a: MappingView, b: MappingView): boolean {
  return a.region === b.region && a.consumer === b.consumer;
}
