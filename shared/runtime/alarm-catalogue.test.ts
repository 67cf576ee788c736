import { describe, expect, it } from 'vitest';
import { alarms, usersAffected } from './alarm-catalogue.ts';
import { metricCatalogue } from './metrics.ts';

describe('the catalogue of alarms', () => {
  it.each([
    ...alarms,
    [usersAffected.name, usersAffected] as const,
  ])('%s says in a sentence each what it means and what to do', (_name, { meaning, action }) => {
    for (const text of [meaning, action]) expect(text).toMatch(/^[A-Z].{20,160}\.$/s);
  });

  it.each(alarms)('%s can fire', (_name, definition) => {
    const { seldom } = definition;
    for (const { points, of = points, periodS } of [definition, ...(seldom === undefined ? [] : [seldom])]) {
      expect(of).toBeGreaterThanOrEqual(points);
      // CloudWatch keeps points for alarms of one day at most.
      expect(of * periodS).toBeLessThanOrEqual(86_400);
      expect(periodS % 60).toBe(0);
    }
  });

  it('knows every threshold of a metric of our own in that metric’s unit', () => {
    for (const [name, { watches, threshold }] of alarms) {
      if (watches.kind !== 'own') continue;
      const { unit } = metricCatalogue[watches.metric];
      if (unit === 'Percent') expect(threshold, name).toBeLessThanOrEqual(100);
      if (unit === 'Milliseconds') expect(threshold, name).toBeGreaterThanOrEqual(1000);
    }
  });

  it('wakes somebody for whatever users notice, but for a consumer that is merely late', () => {
    const visible = alarms.filter(([, { userVisible }]) => userVisible === true);
    expect(visible.filter(([, { severity }]) => severity !== 'page').map(([name]) => name)).toEqual(['iterator-age']);
  });

  /** The list that the deployment promises, by name: taking one out has to be a decision. */
  it.each([
    'iterator-age',
    'hours-until-data-loss',
    'polled-events-missing',
    'function-errors',
    'function-throttles',
    'function-duration',
    'function-memory',
    'dead-letters-present',
    'dead-letters-oldest',
    'failure-objects',
    'dropped-events',
    'destination-delivery-failures',
    'kinesis-destination-failed',
    'kinesis-destination-throttled',
    'kinesis-destination-age',
    'kinesis-write-throttled',
    'kinesis-read-throttled',
    'transaction-conflicts',
    'replication-lag',
    'global-table-lag',
    'replica-conflicts',
    'writer-clock-drift',
    'search-bulk-rejections',
    'search-red',
    'search-disk',
    'search-jvm',
    'search-writes-blocked',
    'email-quota',
    'email-bounce-rate',
    'email-complaint-rate',
    'emails-parked',
    'schedule-errors',
    'aggregates-late',
    'search-late',
    'emails-late',
  ])('has an alarm %s', (name) => {
    expect(alarms.map(([each]) => each)).toContain(name);
  });
});
