import { expect, it } from 'vitest';
import type { EmailService, SendingQuota } from '../../services/ses/port.ts';
import { withQuotaObserved } from './observed-quota.ts';

async function observed(quota: SendingQuota): Promise<readonly number[]> {
  const percentages: number[] = [];
  const service: EmailService = { send: async () => ({ kind: 'accepted', messageId: 'm' }), quota: async () => quota };
  await withQuotaObserved(service, (percent) => percentages.push(percent)).quota();
  return percentages;
}

it('tells how much of the daily quota is used', async () => {
  expect(await observed({ enabled: true, maxPerSecond: 1, perDay: 200, remaining: 30 })).toEqual([85]);
});

it('tells of an account without a daily quota that nothing is used', async () => {
  const unlimited = Number.POSITIVE_INFINITY;
  expect(await observed({ enabled: true, maxPerSecond: 1, perDay: unlimited, remaining: unlimited })).toEqual([0]);
});

it('tells of an account that may not send that all is used', async () => {
  expect(await observed({ enabled: false, maxPerSecond: 1, perDay: 200, remaining: 200 })).toEqual([100]);
});
