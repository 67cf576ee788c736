import { describe, expect, it } from 'vitest';
import type { Mappings } from '../mappings.ts';
import { OperatorError } from '../target.ts';
import type { MetricReader } from './ports.ts';
import { stageAlarms } from './stage-alarms.ts';
import { stageMappings } from './stage-mappings.ts';

const hourMs = 3_600_000;

/** A region with one mapping, which takes two looks to become what it is told to be, or as many as are given. */
function stageOf(options: { state?: string; metrics?: Record<string, number>; looks?: number }) {
  const { metrics = {}, looks = 2 } = options;
  const lambda = { state: options.state ?? 'Enabled', calls: [] as string[], wanted: '', left: 0 };
  let nowMs = 0;
  const clock = {
    nowMs: () => nowMs,
    sleep: async (ms: number) => {
      nowMs += ms;
    },
  };
  const newest: MetricReader['newest'] = async ({ metric }) => metrics[metric];
  const mappings: Mappings = stageMappings(
    [
      {
        region: 'here',
        consumers: [{ consumer: 'counter', functionName: 'app-counter', recordAgeMaxMs: 24 * hourMs }],
        metrics: { newest },
        mappings: {
          list: async (functionName) =>
            functionName === 'app-counter' ? [{ uuid: 'u', state: lambda.state, sourceArn: 's' }] : [],
          setEnabled: async (uuid, enabled) => {
            lambda.calls.push(`${uuid} ${enabled}`);
            lambda.wanted = enabled ? 'Enabled' : 'Disabled';
            lambda.left = looks;
          },
          state: async () => {
            lambda.left -= 1;
            if (lambda.left <= 0) lambda.state = lambda.wanted;
            return lambda.state;
          },
        },
      },
    ],
    clock,
  );
  return { mappings, lambda };
}

describe('the mappings of a stage', () => {
  it('tell of age and rate as CloudWatch has them', async () => {
    const { mappings } = stageOf({ metrics: { IteratorAge: 6 * hourMs, InvokedEventCount: 120 } });
    expect(await mappings.read()).toEqual([
      {
        region: 'here',
        consumer: 'counter',
        state: 'running',
        recordAgeMaxMs: 24 * hourMs,
        oldestMs: 6 * hourMs,
        ratePerS: 2,
      },
    ]);
  });

  it('tell no age while they rest: what was told last only grows older', async () => {
    const [view] = await stageOf({ state: 'Disabled', metrics: { IteratorAge: 5 } }).mappings.read();
    expect(view).toMatchObject({ state: 'paused' });
    expect(view).not.toHaveProperty('oldestMs');
  });

  it('rest when Lambda says so, and not before', async () => {
    const { mappings, lambda } = stageOf({});
    await mappings.pause({ region: 'here', consumer: 'counter' });
    expect(lambda).toMatchObject({ calls: ['u false'], state: 'Disabled' });
    await mappings.pause({ region: 'here', consumer: 'counter' });
    expect(lambda.calls).toEqual(['u false']);
    await mappings.resume({ region: 'here', consumer: 'counter' });
    expect(lambda.state).toBe('Enabled');
  });

  it('are given up on after five minutes, and one that is not deployed at once', async () => {
    const slow = stageOf({ looks: 1_000 }).mappings.pause({ region: 'here', consumer: 'counter' });
    await expect(slow).rejects.toThrow(OperatorError);
    const absent = stageOf({}).mappings.pause({ region: 'here', consumer: 'nobody' });
    await expect(absent).rejects.toThrow('nobody has no mapping in here');
  });
});

describe('the alarms of a stage', () => {
  it('are named without the stage, with the section that says what to do', async () => {
    const list = async () => [
      {
        name: 'app-prod-iterator-age-counter',
        state: 'ALARM',
        description: 'It is late. Look. docs/operate.md#iterator-age',
      },
    ];
    const alarms = stageAlarms([{ region: 'here', alarms: { list } }], 'app-prod-');
    expect(await alarms.read()).toEqual([
      {
        region: 'here',
        name: 'iterator-age-counter',
        section: 'iterator-age',
        state: 'on',
        meaning: 'It is late. Look.',
      },
    ]);
  });
});
