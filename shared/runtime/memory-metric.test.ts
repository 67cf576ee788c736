import { expect, it } from 'vitest';
import { withMemoryMetric } from './memory-metric.ts';
import type { Metrics } from './metrics.ts';

function recording() {
  const written: string[] = [];
  const metrics: Metrics = {
    add: (name, value) => written.push(`${name} ${value}`),
    flush: () => written.push('flush'),
  };
  return { metrics, written };
}

function flushed(limitMb: string | undefined) {
  const own = recording();
  const shared = recording();
  const usedBytes = () => 448 * 2 ** 20;
  const metrics = withMemoryMetric({ own: own.metrics, shared: shared.metrics, limitMb, usedBytes });
  metrics.add('RecordsApplied', 1);
  metrics.flush();
  return { own: own.written, shared: shared.written };
}

it('tells with each flush how much of its memory a function takes', () => {
  expect(flushed('512')).toEqual({
    own: ['RecordsApplied 1', 'flush'],
    shared: ['MemoryUsedPercent 88', 'flush'],
  });
});

it('tells nothing where nothing limits it', () => {
  expect(flushed(undefined)).toEqual({ own: ['RecordsApplied 1', 'flush'], shared: [] });
});
