import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { create as createAggregates } from '../../functions/aggregates/handler.ts';
import { totals } from '../../functions/aggregates/totals.ts';
import { registry } from '../../functions/registry.ts';
import { create as createSearchIndex } from '../../functions/search-index/handler.ts';
import { table } from '../../functions/table.ts';
import { create as createUsageAnalytics } from '../../functions/usage-analytics/handler.ts';
import { create as createWelcomeEmail } from '../../functions/welcome-email/handler.ts';
import { hiddenInKinesis, hiddenInStream } from '../testing/hidden-records.ts';
import { hostileRecords } from '../testing/hostile-records.ts';
import { kinesisRecords, streamRecords } from '../testing/record-builder.ts';
import { type ReplayResult, replay } from './replay.ts';

/** Records that no stream should hold, between good ones, through the handlers that are deployed. */
const runs = { seed: 8, numRuns: 400 };
const nowMs = Date.UTC(2026, 0, 1, 1);

const consumers = [
  {
    name: 'aggregates',
    create: createAggregates,
    source: 'stream',
    found: ({ effects }: ReplayResult) =>
      effects.flatMap((effect) =>
        effect.kind === 'total' && effect.group === 'GOOD' ? [Number(effect.count)] : [],
      )[0],
  },
  {
    name: 'search-index',
    create: createSearchIndex,
    source: 'kinesis',
    found: ({ effects }: ReplayResult) =>
      effects.filter((effect) => effect.kind === 'document' && effect.id.startsWith('good-')).length,
  },
  {
    name: 'welcome-email',
    create: createWelcomeEmail,
    source: 'kinesis',
    found: ({ effects }: ReplayResult) =>
      effects.filter((effect) => effect.kind === 'email' && effect.to.startsWith('good-')).length,
  },
  {
    name: 'usage-analytics',
    create: createUsageAnalytics,
    source: 'kinesis',
    // Counts alone: of those that came whole, all but the hostile ones that count as well.
    found: ({ effects, batches }: ReplayResult) => {
      const inserts = effects.reduce((sum, each) => sum + (each.kind === 'window' ? (each.changes.insert ?? 0) : 0), 0);
      const { records = 0, outcomes = {} } = batches[0] ?? {};
      const counted = (outcomes.applied ?? 0) + (outcomes.filtered ?? 0) + (outcomes.deadLettered ?? 0);
      return counted === records ? Math.min(inserts, (records + 1) / 2) : counted;
    },
  },
] as const;

describe.each(consumers)('$name, given hostile records among good ones', ({ name, create, source, found }) => {
  it('takes every good one and holds up nothing, unless the stream is set up wrong', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(hostileRecords, { minLength: 1, maxLength: 3 }), async (hostile) => {
        const records = around(source, hostile);
        try {
          const result = await replay({ definition: definitionOf(name), create, table, totals, nowMs, ...records });
          expect(result.batches[0]?.unresolvedFrom).toBeUndefined();
          expect(found(result)).toBe(records.good);
        } catch (error) {
          // Times too coarse to order writes by are the stream's setting: nothing is passed over.
          if (!(error instanceof Error) || error.name !== 'FatalConfigError') throw error;
        }
      }),
      runs,
    );
  });
});

function around(source: 'stream' | 'kinesis', hostile: readonly unknown[]) {
  const [stream, kinesis] = [streamRecords(), kinesisRecords()];
  const user = (id: string) => ({ id, email: `${id}@example.com`, name: 'Good', country: 'GOOD', plan: 'free' });
  const insert = (id: string) => (source === 'stream' ? stream : kinesis).insert(user(id));
  const hidden = (content: unknown) =>
    source === 'stream'
      ? hiddenInStream(content, stream.insert(user('bad')))
      : hiddenInKinesis(content, kinesis.insert(user('bad')));
  const first = insert('good-0');
  const all = hostile.flatMap((content, index) => [hidden(content), insert(`good-${index + 1}`)]);
  const header = {
    source,
    streamArn: first.eventSourceARN,
    shardId: 'shardId-000000000000',
    redaction: 'none',
  } as const;
  const records = [first, ...all].map((record) => ({ arrivedAt: '2026-01-01T00:00:30.000Z', record }));
  return { batches: [{ header, records }], good: hostile.length + 1 };
}

function definitionOf(name: string) {
  const definition = registry.find((each) => each.name === name);
  if (definition === undefined || !('strategy' in definition)) throw new Error(`${name} has no mapping`);
  return definition;
}
