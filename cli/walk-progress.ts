import type { Clock } from '../shared/batch/clock.ts';
import type { WalkProgress } from '../shared/operations/backfill/backfill.ts';
import type { Target } from '../shared/operations/target.ts';

interface LineOptions {
  readonly target: Target;
  readonly write: (text: string) => void;
  readonly clock: Clock;
}

const everyMs = 1_000;

/** A line for each step, and one a second of a long one: items, rate, and the time left where it can be told. */
export function createProgressLine({ target, write, clock }: LineOptions): (progress: WalkProgress) => void {
  const counts = new Map(target.regions.map((region) => [region.name, region.itemCount().catch(() => undefined)]));
  const totals = new Map<string, number | undefined>();
  for (const [region, count] of counts) void count.then((items) => totals.set(region, items));
  let current = '';
  let startedMs = 0;
  let startedItems = 0;
  let writtenMs = Number.NEGATIVE_INFINITY;

  function itemsLine(progress: WalkProgress & { readonly items: number }): string | undefined {
    const nowMs = clock.nowMs();
    const name = `${progress.region} ${progress.consumer} ${progress.step}`;
    if (name !== current) {
      current = name;
      startedMs = nowMs;
      startedItems = progress.items;
      writtenMs = Number.NEGATIVE_INFINITY;
    }
    if (nowMs - writtenMs < everyMs) return undefined;
    writtenMs = nowMs;
    const rate = ((progress.items - startedItems) * 1000) / Math.max(1, nowMs - startedMs);
    const total = totals.get(progress.region);
    const left = total === undefined || rate === 0 ? undefined : Math.max(0, total - progress.items) / rate;
    const time = left === undefined ? '' : `, about ${Math.ceil(left)} s left`;
    return `${name}: ${progress.items} items, ${rate.toFixed(0)}/s${time}`;
  }

  return (progress) => {
    const text = 'items' in progress ? itemsLine(progress) : stepLine(progress);
    if (text !== undefined) write(`${text}\n`);
  };
}

function stepLine(progress: Exclude<WalkProgress, { readonly items: number }>): string {
  const name = `${progress.region} ${progress.consumer} ${progress.step}`;
  if (progress.step === 'repeating') return `${name}: ${progress.reason}`;
  if (progress.step === 'lagging') {
    return `${name}: waits, for the consumer is ${(progress.lagMs / 1000).toFixed(0)} s behind`;
  }
  if ('suspects' in progress) return `${name}: ${progress.suspects} items`;
  return 'shards' in progress ? `${name} for ${progress.shards} shards` : name;
}
