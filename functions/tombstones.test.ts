import { describe, expect, it } from 'vitest';
import { type ReplayOptions, replay } from '../shared/operations/replay.ts';
import type { StreamConsumerDefinition } from '../shared/runtime/consumer-definition.ts';
import { kinesisRecords, streamRecords } from '../shared/testing/record-builder.ts';
import { definition as aggregates } from './aggregates/definition.ts';
import { create as createAggregates } from './aggregates/handler.ts';
import { totals } from './aggregates/totals.ts';
import { definition as searchIndex } from './search-index/definition.ts';
import { create as createSearchIndex } from './search-index/handler.ts';
import { table } from './table.ts';
import { definition as welcomeEmail } from './welcome-email/definition.ts';
import { create as createWelcomeEmail } from './welcome-email/handler.ts';

const ada = { id: 'u-1', email: 'ada@example.com', name: 'Ada', country: 'FR', balance: 10 };
const tombstone = { id: 'u-1', _deleted: true, _v: 'a stamp', expiresAt: 1_800_000_000 };
const again = { ...ada, country: 'DE' };

/** What a consumer's own handler leaves behind of a recorded batch. */
async function effectsOf(
  { definition, create }: { definition: StreamConsumerDefinition; create: ReplayOptions['create'] },
  records: readonly { readonly eventSourceARN: string }[],
) {
  const header = {
    source: definition.trigger.kind,
    streamArn: records[0]?.eventSourceARN ?? '',
    shardId: 'shardId-000000000000',
    redaction: 'none' as const,
  };
  const batch = { header, records: records.map((record) => ({ arrivedAt: '2026-01-01T00:01:00.000Z', record })) };
  const nowMs = Date.UTC(2026, 0, 2);
  return (await replay({ definition, create, table, totals, batches: [batch], nowMs })).effects;
}

describe('a deleted item is gone for who asks for no tombstones', () => {
  it('aggregates take a deleted user away, and count one who comes back where he is now', async () => {
    const { insert, modify } = streamRecords();
    const consumer = { definition: aggregates, create: createAggregates };
    expect(await effectsOf(consumer, [insert(ada), modify(ada, tombstone)])).toEqual([]);
    const effects = await effectsOf(consumer, [insert(ada), modify(ada, tombstone), modify(tombstone, again)]);
    expect(effects.filter((effect) => effect.kind === 'total' && effect.total === 'users-by-country')).toEqual([
      { kind: 'total', total: 'users-by-country', group: 'DE', count: '1', sum: '10' },
    ]);
  });

  it('aggregates count neither a tombstone where nothing was, nor its end, and take expired users away', async () => {
    const { insert, modify, expire } = streamRecords();
    const consumer = { definition: aggregates, create: createAggregates };
    expect(
      await effectsOf(consumer, [insert(tombstone), modify(tombstone, { ...tombstone, _v: 'b' }), expire(tombstone)]),
    ).toEqual([]);
    expect(await effectsOf(consumer, [insert(ada), expire(ada), insert(tombstone)])).toEqual([]);
  });

  it('search finds no deleted user, in any order of the records, and finds one who came back', async () => {
    const at = (second: bigint) => ({ createdAtMicroseconds: 1_767_225_600_000_000n + second * 1_000_000n });
    const { insert, modify, expire } = kinesisRecords();
    const consumer = { definition: searchIndex, create: createSearchIndex };
    const deleted = modify(ada, tombstone, at(2n));
    const gone = [{ kind: 'document', id: 'u-1', deleted: true, document: {} }];
    expect(await effectsOf(consumer, [deleted, insert(ada, at(1n))])).toMatchObject(gone);
    expect(await effectsOf(consumer, [deleted, insert(ada, at(1n)), expire(tombstone, at(3n))])).toMatchObject(gone);
    const back = modify(tombstone, again, at(3n));
    expect(await effectsOf(consumer, [back, deleted, insert(ada, at(1n))])).toMatchObject([
      { kind: 'document', id: 'u-1', deleted: false, document: { country: 'DE' } },
    ]);
  });

  it('search takes a tombstone that it reads for a tie as an item that is gone', async () => {
    const at = (eventId: string) => ({ createdAtMicroseconds: 1_767_225_601_000_000n, eventId });
    const { insert, modify } = kinesisRecords();
    const records = [insert(ada, at('put')), modify(ada, tombstone, at('delete'))];
    const effects = await effectsOf({ definition: searchIndex, create: createSearchIndex }, records);
    expect(effects).toMatchObject([{ kind: 'document', id: 'u-1', deleted: true, document: {} }]);
  });

  it('nobody is welcomed to a tombstone, and one who comes back has been welcomed', async () => {
    const { insert, modify } = kinesisRecords();
    const consumer = { definition: welcomeEmail, create: createWelcomeEmail };
    expect(await effectsOf(consumer, [insert(tombstone)])).toEqual([]);
    const mails = await effectsOf(consumer, [insert(ada), modify(ada, tombstone), modify(tombstone, again)]);
    expect(mails).toEqual([{ kind: 'email', to: 'ada@example.com', subject: 'Welcome, Ada!' }]);
    const late = await effectsOf(consumer, [modify(tombstone, ada)]);
    expect(late).toHaveLength(1);
  });
});
