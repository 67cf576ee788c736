import { describe, expect, it } from 'vitest';
import type { MappingView } from '../mappings.ts';
import { diagnose } from './diagnose.ts';
import type { RegionProbes } from './probes.ts';

const running: MappingView = { region: 'here', consumer: 'counter', state: 'running', oldestMs: 0, recordAgeMaxMs: 1 };

async function findings(probes: Partial<RegionProbes>, mappings: readonly MappingView[] = []) {
  return diagnose([{ region: 'here', tables: [], ...probes }], async () => mappings);
}

describe('the doctor', () => {
  it.each<{ readonly trouble: string; readonly probes: Partial<RegionProbes>; readonly advice: RegExp }>([
    {
      trouble: 'there is no table users',
      probes: { tables: ['users'], tableStatus: async () => undefined },
      advice: /Deploy/,
    },
    { trouble: 'a part of the index', probes: { searchHealth: async () => 'red' }, advice: /search-red/ },
    {
      trouble: 'SES is in its sandbox',
      probes: { mail: async () => ({ enabled: true, sandbox: true, perDay: 200, remaining: 200 }) },
      advice: /the-ses-sandbox/,
    },
    {
      trouble: '10 of 200 mails are left',
      probes: { mail: async () => ({ enabled: true, sandbox: false, perDay: 200, remaining: 10 }) },
      advice: /email-quota/,
    },
    {
      trouble: 'SES has not verified the sender example.com',
      probes: { sender: async () => ({ name: 'example.com', verified: false }) },
      advice: /DNS/,
    },
    {
      trouble: 'me@example.com has not confirmed',
      probes: { subscriptions: async () => [{ endpoint: 'me@example.com', confirmed: false }] },
      advice: /Click/,
    },
    { trouble: 'nobody is told of alarms', probes: { subscriptions: async () => [] }, advice: /alarmAddress/ },
    { trouble: 'only 10 invocations', probes: { concurrency: async () => 10 }, advice: /limits-of-a-new-account/ },
    { trouble: 'CDK is not bootstrapped', probes: { bootstrapped: async () => false }, advice: /cdk bootstrap/ },
  ])('says what to do when $trouble', async ({ trouble, probes, advice }) => {
    const [finding, ...others] = await findings(probes);
    expect(others).toEqual([]);
    expect(finding?.says).toContain(trouble);
    expect(finding?.advice).toMatch(advice);
    expect(finding?.state).not.toBe('ok');
  });

  it('asks all, also when one does not answer', async () => {
    const refused = async () => {
      throw new Error('not authorized');
    };
    const found = await findings({ identity: refused, searchHealth: async () => 'green' });
    expect(found).toMatchObject([
      { check: 'credentials', state: 'problem', says: expect.stringContaining('not authorized') },
      { check: 'search', state: 'ok' },
    ]);
  });

  it('finds mappings that rest or are late', async () => {
    const found = await findings({}, [
      running,
      { ...running, state: 'paused' },
      { ...running, oldestMs: 3_600_000, recordAgeMaxMs: 72_000_000 },
    ]);
    expect(found.map(({ state, says }) => `${state}: ${says}`)).toEqual([
      'ok: counter runs',
      'problem: counter is paused',
      'problem: counter is 60 minutes behind; records are put aside in 19.0 h',
    ]);
  });
});
