import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { virtualClock } from '@tributary/event-source-mapping';
import { describe, expect, it } from 'vitest';
import type { Clock } from '../../shared/batch/clock.ts';
import { isJsonObject } from '../../shared/services/opensearch/json.ts';
import { sampleConfig } from '../testing/sample-stage.ts';
import { checks } from './checks.ts';
import type { StoredObject } from './evidence.ts';
import { describePlan } from './plan.ts';
import { probeStage } from './probe-house.ts';
import { synthesizeProbes } from './synthesize.ts';
import { type Difference, laptopCloud } from './testing/laptop-cloud.ts';
import { type Cloud, describeVerdict, type Verdict, verify } from './verify.ts';

const patienceMs = 15 * 60_000;

async function verified(difference?: Difference, change: Partial<Cloud> = {}) {
  const time = virtualClock({ startMs: Date.UTC(2026, 0, 1) });
  const cloud = laptopCloud(time, difference);
  // Who waits moves the time: there is nobody else.
  const clock: Clock = { nowMs: time.nowMs, sleep: (durationMs) => time.advance(durationMs) };
  const run = verify({ cloud: { ...cloud, ...change }, clock, say: () => undefined, patienceMs });
  return { run, calls: cloud.calls };
}

function differing({ findings }: Verdict): readonly string[] {
  return findings.filter(({ problems }) => problems.length > 0).map(({ check }) => check.name);
}

const withoutPayload = ({ key, body }: StoredObject): StoredObject => {
  const { payload: _, ...rest } = JSON.parse(body) as Record<string, unknown>;
  return { key, body: JSON.stringify(rest) };
};
const without = (field: string) => (event: object) =>
  Object.fromEntries(Object.entries(event).filter(([name]) => name !== field));

describe('the verification', () => {
  it('finds all that it looks for where mappings behave as documented: in those of the laptop', async () => {
    const { run, calls } = await verified();
    const verdict = await run;
    expect(differing(verdict), describeVerdict(verdict).join('\n')).toEqual([]);
    expect(verdict).toMatchObject({ complete: true, findings: { length: checks.length } });
    expect(calls).toEqual(['deploy', 'put', 'put', 'put', 'put', 'destroy']);
  });

  it.each([
    ['events with a window had no shard', { event: without('shardId') }, /tells its shard/],
    ['every event told a shard', { event: (event: object) => ({ shardId: 'a', ...event }) }, /tells no shard/],
    ['partial responses were ignored', { mapping: { FunctionResponseTypes: [] } }, /partial response/],
    ['batches were not bisected', { mapping: { BisectBatchOnFunctionError: false } }, /in parts/],
    ['times were in milliseconds', { creationTimeMs: true }, /at a microsecond/],
    ['writes that change nothing left records', { recordsOfSame: true }, /changes nothing/],
    ['failure objects had no payload', { failure: withoutPayload }, /with its whole event/],
    [
      'failure objects had other names',
      { failure: ({ key, body }: StoredObject) => ({ key: key.replaceAll('/', '-'), body }) },
      /with its whole event/,
    ],
    [
      'records had no view of both images',
      {
        event: (event: object) =>
          JSON.parse(JSON.stringify(event).replaceAll('NEW_AND_OLD_IMAGES', 'KEYS_ONLY')) as object,
      },
      /read by the pipeline, with both images/,
    ],
  ] satisfies [string, Difference, RegExp][])('would see it if %s', async (_what, difference, name) => {
    const verdict = await (await verified(difference)).run;
    expect(
      differing(verdict).some((check) => name.test(check)),
      differing(verdict).join('\n'),
    ).toBe(true);
  });

  it('says that it proves nothing when time was up', async () => {
    const verdict = await (await verified(undefined, { failures: async () => [] })).run;
    expect(verdict.complete).toBe(false);
    expect(describeVerdict(verdict).at(-1)).toMatch(/run it again/);
  });

  it.each(['deploy', 'put', 'recordings'] as const)('destroys what it deployed when "%s" fails', async (step) => {
    const failure = { [step]: () => Promise.reject(new Error('refused')) };
    const { run, calls } = await verified(undefined, failure);
    await expect(run).rejects.toThrow('refused');
    expect(calls.at(-1)).toBe('destroy');
  });
});

describe('a dry run', () => {
  const config = probeStage(sampleConfig, 'eu-central-1');

  it('tells what is deployed and written, and each check with the page that it is from', () => {
    const plan = describePlan(config).join('\n');
    for (const { name, source } of checks) expect(plan).toContain(`${name}\n     ${source}`);
    expect(plan).toContain('tributary-verify-probe-window');
  });

  it('makes templates of which nothing stays, with the mappings of the probes', { timeout: 180_000 }, async () => {
    const outdir = mkdtempSync(join(tmpdir(), 'tributary-verify-'));
    try {
      const names = await synthesizeProbes(config, outdir);
      const resources = names.flatMap((name) => {
        const template: unknown = JSON.parse(readFileSync(join(outdir, `${name}.template.json`), 'utf8'));
        const all = isJsonObject(template) && isJsonObject(template.Resources) ? template.Resources : {};
        return Object.values(all).filter(isJsonObject);
      });
      const mappings = resources.filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
      expect(mappings).toHaveLength(3);
      expect(resources.filter(({ DeletionPolicy }) => /^Retain/.test(String(DeletionPolicy)))).toEqual([]);
    } finally {
      rmSync(outdir, { recursive: true, force: true });
    }
  });
});
