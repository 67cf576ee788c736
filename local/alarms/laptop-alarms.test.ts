import { describe, expect, it } from 'vitest';
import { alarms } from '../../shared/runtime/alarm-catalogue.ts';
import { laptopRegistry } from '../pipeline/laptop-registry.ts';
import { evaluate } from './evaluate.ts';
import { laptopAlarms, unwatched } from './laptop-alarms.ts';
import { createMetricStore } from './metric-store.ts';

describe('the alarms of the laptop', () => {
  const made = laptopAlarms('here', laptopRegistry);

  it('are all of the catalogue, but those that it says why it leaves out', () => {
    const sections = new Set([...made.map(({ section }) => section), ...Object.keys(unwatched)]);
    expect([...sections].toSorted()).toEqual(alarms.map(([name]) => name).toSorted());
    expect(made.filter(({ section }) => section in unwatched)).toEqual([]);
  });

  it('are there for each consumer, function and mapping, with the threshold that is deployed', () => {
    expect(made.find(({ name }) => name === 'iterator-age-search-index')).toMatchObject({
      threshold: 300_000,
      watches: { namespace: 'AWS/Lambda', metric: 'IteratorAge', dimensions: { FunctionName: 'search-index' } },
    });
    expect(made.find(({ name }) => name === 'hours-until-data-loss-search-index')).toMatchObject({ threshold: 8 });
    expect(made.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['polled-events-missing-archive', 'function-errors-email-settler', 'search-red']),
    );
  });
});

describe('an alarm', () => {
  const definition = { fires: 'above', points: 2, of: 3, whenMissing: 'fine' } as const;
  const whole = { definition, threshold: 5, isWhole: true };

  it('goes on with enough points beyond the threshold, wherever they are among the last ones', () => {
    expect(evaluate({ ...whole, values: [6, 5, 7] })).toBe('on');
    expect(evaluate({ ...whole, values: [6, 5, 5] })).toBe('ok');
  });

  it.each([
    { fires: 'above', value: 5, state: 'ok' },
    { fires: 'atLeast', value: 5, state: 'on' },
    { fires: 'atMost', value: 5, state: 'on' },
    { fires: 'below', value: 5, state: 'ok' },
    { fires: 'below', value: 4, state: 'on' },
  ] as const)('$fires its threshold of 5 is $state at $value', ({ fires, value, state }) => {
    const one = { fires, points: 1, of: 1, whenMissing: 'fine' } as const;
    expect(evaluate({ ...whole, definition: one, values: [value] })).toBe(state);
  });

  it('takes silence for what its definition says', () => {
    const silent = { ...whole, values: [undefined, undefined, undefined] };
    expect(evaluate(silent)).toBe('ok');
    const trouble = { ...definition, whenMissing: 'trouble' } as const;
    expect(evaluate({ ...silent, definition: trouble })).toBe('on');
    expect(evaluate({ ...silent, definition: trouble, isWhole: false })).toBe('unknown');
  });
});

describe('a metric', () => {
  const identity = { region: 'here', namespace: 'n', metric: 'm', dimensions: { a: '1', b: '2' } };

  it('is summed up over a span by its dimensions, in whatever order they come', () => {
    const store = createMetricStore();
    for (const [atMs, value] of [
      [10, 1],
      [20, 5],
      [30, 3],
    ] as const)
      store.add(identity, { atMs, value });
    const turned = { ...identity, dimensions: { b: '2', a: '1' } };
    const span = { fromMs: 10, toMs: 30 };
    expect(store.statistic(turned, { ...span, statistic: 'Maximum' })).toBe(5);
    expect(store.statistic(turned, { ...span, statistic: 'Sum' })).toBe(6);
    expect(store.statistic(turned, { ...span, statistic: 'SampleCount' })).toBe(2);
    expect(store.statistic({ ...identity, region: 'there' }, { ...span, statistic: 'Sum' })).toBeUndefined();
  });

  it('is forgotten when no alarm looks back so far', () => {
    const store = createMetricStore();
    store.add(identity, { atMs: 10, value: 1 });
    store.forget(11);
    expect(store.statistic(identity, { fromMs: 0, toMs: 100, statistic: 'Sum' })).toBeUndefined();
  });
});
