import { describe, expect, it } from 'vitest';
import { silent } from '../shared/operations/counted-outcomes.ts';
import type { ScheduledDefinition } from '../shared/runtime/consumer-definition.ts';
import { catalogued, type MetricName } from '../shared/runtime/metrics.ts';
import type { Connections, Invoke, Services } from '../shared/runtime/services.ts';
import { operatedTarget } from '../shared/testing/operated-target.ts';
import { definition as auditEmail } from './audit-email/definition.ts';
import { create as createAuditEmail } from './audit-email/handler.ts';
import { definition as auditReplica } from './audit-replica/definition.ts';
import { create as createAuditReplica } from './audit-replica/handler.ts';
import { definition as auditSearch } from './audit-search/definition.ts';
import { create as createAuditSearch } from './audit-search/handler.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

type Create = (services: Services<keyof Connections>) => Invoke<void>;

const audits: readonly { definition: ScheduledDefinition; create: Create }[] = [
  { definition: auditSearch, create: createAuditSearch },
  { definition: auditReplica, create: createAuditReplica },
  { definition: auditEmail, create: createAuditEmail },
];

/** A day of an audit over a table whose items no consumer has. */
async function dayOf({ definition, create }: (typeof audits)[number], options: { readonly isChanging?: boolean } = {}) {
  const { region, now, dynamodb } = operatedTarget({ table, registry });
  const put = async (id: string, name: string) => {
    const Item = { id: { S: id }, email: { S: `${id}@example.com` }, name: { S: name } };
    await dynamodb.putItem({ TableName: table.name, Item });
  };
  for (let at = 0; at < 50; at += 1) await put(`u${at}`, 'before');
  const told = new Map<MetricName, number>();
  const clock = {
    nowMs: () => now.ms,
    sleep: async (durationMs: number) => {
      now.ms += durationMs;
      if (options.isChanging === true) for (let at = 0; at < 50; at += 1) await put(`u${at}`, `${now.ms}`);
    },
  };
  const services: Services<keyof Connections> = {
    ...region.connectionsOf(definition),
    ...{ config: region.configOf(definition), clock, random: () => 0.5, log: silent },
    deadLetters: { store: async () => undefined },
    metrics: catalogued({
      add: (name, value) => told.set(name, (told.get(name) ?? 0) + value),
      flush: () => undefined,
    }),
  };
  const invoke = create(services);
  for (let hour = 0; hour < 24; hour += 1) {
    await invoke({}, { awsRequestId: 'audit', getRemainingTimeInMillis: () => definition.timeoutS * 1000 });
    now.ms += 3_600_000;
  }
  return { audited: told.get('AuditedItems'), differences: told.get('AuditDifferences') };
}

describe.each(audits)('the scheduled function $definition.name', (audit) => {
  it('compares every item once a day, and counts those that differ', async () => {
    expect(await dayOf(audit)).toEqual({ audited: 50, differences: 50 });
  });

  it('counts no item that changes while it looks', async () => {
    expect(await dayOf(audit, { isChanging: true })).toEqual({ audited: 50, differences: 0 });
  });
});
