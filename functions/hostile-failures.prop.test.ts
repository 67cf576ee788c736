import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureWorld, failedShard, failureWorld } from '../shared/testing/failure-world.ts';
import { damaged } from '../shared/testing/hostile-records.ts';
import { kinesisRecords, streamRecords } from '../shared/testing/record-builder.ts';
import { readTotals } from '../shared/writer/read-totals.ts';
import { redriveSources } from './redrives.ts';
import { registry } from './registry.ts';
import { table } from './table.ts';

/** Failures as no function and no mapping leaves them, beside good ones. */
const runs = { seed: 8, numRuns: 150 };

const consumers = fc.constantFrom('aggregates', 'replicator', 'search-index', 'welcome-email', 'archive');

/** A document with a piece replaced, one of its values replaced, or something else altogether. */
const damage = fc.oneof(
  fc
    .record({ at: fc.double({ min: 0, max: 1, noNaN: true }), length: fc.nat(30), piece: fc.string({ maxLength: 6 }) })
    .map(({ at, length, piece }) => (document: object) => {
      const text = JSON.stringify(document);
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + piece + text.slice(from + length);
    }),
  fc.tuple(fc.jsonValue({ maxDepth: 3 }), fc.nat()).map(([value, place]) => (document: object) => {
    return JSON.stringify(damaged(document, value, place));
  }),
  fc.oneof(fc.string(), fc.json(), fc.constantFrom('', 'null', '[]', '{}', '7')).map((text) => () => text),
);

/** What a person can do something about: what is wrong with which object. */
const typed = expect.objectContaining({
  name: expect.stringMatching(/^(OperatorError|InvariantError|FatalConfigError)$/),
  message: expect.stringMatching(/./),
});

describe('dead letters and their notices, damaged, beside good ones', () => {
  it('are refused by name or brought in, and the good ones are brought in', async () => {
    const cases = fc.record({
      consumer: consumers,
      damage,
      notice: fc.oneof(fc.string(), fc.json(), fc.constantFrom('{"key":""}', '{"key":7}', 'null')),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cases, { minLength: 1, maxLength: 3 }), async (hostile) => {
        const world = failureWorld({ table, registry, sources: redriveSources });
        const good = ['search-index', 'welcome-email'] as const;
        for (const consumer of good) await world.giveUp(consumer, recordFor(consumer, { world, id: 'good' }));
        const keys = await world.failures.list('dead-letters/');
        const [letter] = await world.lettersOf('search-index');
        for (const [at, each] of hostile.entries()) {
          const record = recordFor(each.consumer, { world, id: 'bad' });
          const body = each.damage({ ...letter, consumer: each.consumer, record });
          const key = `dead-letters/${each.consumer}/hostile-${at}.json`;
          await world.failures.put({ key, body, contentType: 'application/json' });
          await world.notices.send(each.notice);
          await world.notices.send(JSON.stringify({ key }));
        }
        await world.settle().catch((error: unknown) => expect(error).toEqual(typed));
        await world.settle({ filter: { keys } });
        await expectEffects(world, good);
        for (const { notice } of hostile) expect(world.notices.messages()).toContain(notice);
      }),
      runs,
    );
  });

  it('do not keep the next refusal of their record from being stored', async () => {
    await fc.assert(
      fc.asyncProperty(damage, async (damageOf) => {
        const world = failureWorld({ table, registry, sources: redriveSources });
        const record = kinesisRecords().insert({ id: 'u1' });
        await world.giveUp('archive', record);
        const [[key = ''], [letter]] = [await world.failures.list('dead-letters/'), await world.lettersOf('archive')];
        await world.failures.put({ key, body: damageOf(letter ?? {}), contentType: 'application/json' });
        await world.giveUp('archive', record);
        expect(await world.lettersOf('archive')).toMatchObject([{ consumer: 'archive', record }]);
      }),
      runs,
    );
  });
});

describe('failure objects and their states, damaged, beside good ones', () => {
  it('are refused by name or brought in, and the good ones are brought in', async () => {
    const cases = fc.record({ consumer: consumers, damage, state: fc.oneof(fc.json(), fc.string()) });
    await fc.assert(
      fc.asyncProperty(fc.array(cases, { minLength: 1, maxLength: 3 }), async (hostile) => {
        const world = failureWorld({ table, registry, sources: redriveSources });
        const put = (key: string, body: string) => world.failures.put({ key, body, contentType: 'application/json' });
        const good = ['aggregates', 'search-index', 'welcome-email'] as const;
        for (const consumer of good) {
          const document = documentOf(consumer, recordFor(consumer, { world, id: 'good' }));
          await put(`aws/lambda/good/${consumer}`, JSON.stringify(document));
        }
        for (const [at, { consumer, damage: damageOf, state }] of hostile.entries()) {
          const document = documentOf(consumer, recordFor(consumer, { world, id: 'bad' }));
          await put(`aws/lambda/hostile/${at}`, damageOf(document));
          await put(`failure-states/aws/lambda/hostile/${at}`, state);
        }
        const keys = await world.failures.list('aws/lambda/good/');
        await world.settle({ scope: 'batch' }).catch((error: unknown) => expect(error).toEqual(typed));
        await world.settle({ scope: 'batch', filter: { keys } });
        await expectEffects(world, good);
      }),
      runs,
    );
  });
});

function recordFor(consumer: string, { world, id }: { readonly world: FailureWorld; readonly id: string }) {
  const user = { id, email: `${id}@example.com`, name: id, country: id.toUpperCase(), plan: 'free' };
  const at = { createdAtMicroseconds: BigInt(world.now.ms) * 1000n };
  return sourceOf(consumer) === 'stream'
    ? streamRecords({ tableName: table.name }).insert(user, at)
    : kinesisRecords({ tableName: table.name }).insert(user, at);
}

function sourceOf(consumer: string): 'stream' | 'kinesis' {
  return consumer === 'aggregates' || consumer === 'replicator' ? 'stream' : 'kinesis';
}

function documentOf(consumer: string, record: unknown) {
  const info = { shardId: failedShard, startSequenceNumber: '1', endSequenceNumber: '1' };
  return {
    requestContext: {
      functionArn: `arn:aws:lambda:eu-central-1:000000000000:function:${consumer}`,
      condition: 'RetryAttemptsExhausted',
    },
    timestamp: '2026-01-01T12:00:00.000Z',
    [sourceOf(consumer) === 'stream' ? 'DDBStreamBatchInfo' : 'KinesisBatchInfo']: info,
    payload: JSON.stringify({ Records: [record] }),
  };
}

/** Each good record has had its effect, once. */
async function expectEffects(world: FailureWorld, good: readonly string[]): Promise<void> {
  if (good.includes('aggregates')) {
    const totals = await readTotals(world.dynamodb, { tableName: 'aggregates', total: 'users-by-country' });
    expect(totals.find(({ group }) => group.kind === 'value' && group.value === 'GOOD')).toMatchObject({ count: '1' });
  }
  expect((await world.search.get({ index: world.index, ids: ['good'] })).get('good')?.document.name).toBe('good');
  expect(world.sent.filter(({ to }) => to === 'good@example.com')).toHaveLength(1);
}
