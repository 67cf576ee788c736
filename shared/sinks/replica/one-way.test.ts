import { describe, expect, it } from 'vitest';
import { streamRecords } from '../../testing/record-builder.ts';
import { A, B, killed, replicaPair, text } from '../../testing/replica-pair.ts';
import { changeOf } from '../../testing/replica-world.ts';
import { orderOf } from './one-way.ts';
import { redriveOneWay } from './redrive.ts';

const mode = 'one-way';
const link = { from: A, to: B };
const isPut = ({ operation }: { readonly operation: string }) => operation === 'putItem';

function changesOf(records: ReturnType<ReturnType<typeof replicaPair>['take']>) {
  const [first, ...rest] = records.map(changeOf);
  if (first === undefined) throw new Error('the stream is empty');
  return [first, ...rest] as const;
}

describe('replicator, one way', () => {
  it('copies writes of every kind, stamped or not', async () => {
    const pair = replicaPair();
    await pair.put(A, 'x', text('stamped'));
    await pair.plain(A, { id: { S: 'y' }, ...text('plain') });
    await pair.keep(A, 'x', 'kept');
    await pair.flow(A, { mode });
    expect(await pair.values('x')).toEqual(['stamped+kept', 'stamped+kept']);
    expect(await pair.values('y')).toEqual(['plain', 'plain']);
  });

  it('leaves a tombstone that ends after thirty days where an item was deleted', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    await pair.hard(A, 'x');
    await pair.flow(A, { mode });
    const inThirtyDays = String(Number(pair.now.microseconds / 1_000_000n) + 30 * 24 * 3600);
    expect(await pair.item(B, 'x')).toMatchObject({ _deleted: { BOOL: true }, expiresAt: { N: inThirtyDays } });
  });

  it('replaces what was there before replication began, and never what is newer', async () => {
    const pair = replicaPair();
    await pair.plain(B, { id: { S: 'x' }, ...text('loaded once') });
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    const earlier = pair.take(A);
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    expect((await pair.flow(A, { mode })).outcomes).toEqual(['applied']);
    expect((await pair.deliver(link, earlier, { mode })).outcomes).toEqual(['stale']);
    expect((await pair.deliver(link, pair.region(A).stream, { mode })).outcomes).toEqual(['stale', 'duplicate']);
    expect(await pair.values('x')).toEqual(['two', 'two']);
  });

  it('R14: after a redrive no write that was held up brings a deleted item back', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    const puts = pair.take(A);
    const { intercept, land } = killed(isPut, 'underWay');
    await pair.deliver(link, puts, { mode, intercept });
    await pair.hard(A, 'x');
    const removal = pair.take(A);
    await redriveOneWay(changesOf([...removal, ...puts]), pair.dependencies(link));
    await land().catch(() => undefined);
    expect(await pair.values('x')).toEqual([undefined, undefined]);
  });

  it('R14: a redrive never replaces a copy of later changes', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    const givenUp = pair.take(A);
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    await pair.flow(A, { mode });
    expect(await redriveOneWay(changesOf(givenUp), pair.dependencies(link))).toBe('stale');
    expect(await pair.values('x')).toEqual(['two', 'two']);
  });

  it('a redrive writes the item as it is now in the place of what failed, also over a copy of that', async () => {
    const pair = replicaPair();
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    const records = pair.take(A);
    await pair.deliver(link, records, { mode });
    await pair.plain(A, { id: { S: 'x' }, ...text('two') });
    expect(await redriveOneWay(changesOf(records), pair.dependencies(link))).toBe('applied');
    expect(await pair.values('x')).toEqual(['two', 'two']);
  });

  it('R15: sequence numbers are compared as integers', async () => {
    const records = streamRecords();
    const nine = records.insert({ id: 'x', value: 'nine' }, { sequenceNumber: '9' });
    const ten = records.modify({ id: 'x', value: 'nine' }, { id: 'x', value: 'ten' }, { sequenceNumber: '10' });
    const orders = [nine, ten].map(({ dynamodb, eventSourceARN }) =>
      orderOf({ streamArn: eventSourceARN, sequenceNumber: dynamodb.SequenceNumber }),
    );
    expect(orders.toSorted()).toEqual(orders);
    const pair = replicaPair();
    await pair.deliver(link, [nine], { mode });
    expect((await pair.deliver(link, [nine, ten], { mode })).outcomes).toEqual(['stale', 'applied']);
    expect((await pair.deliver(link, [nine], { mode })).outcomes).toEqual(['stale']);
  });

  it('a stream that was switched off and on continues, though its sequence numbers start over', () => {
    const streamOf = (label: string) => `arn:aws:dynamodb:eu-central-1:000000000000:table/things/stream/${label}`;
    const before = orderOf({ streamArn: streamOf('2026-01-01T00:00:00.000'), sequenceNumber: '900' });
    const after = orderOf({ streamArn: streamOf('2026-02-01T00:00:00.000'), sequenceNumber: '1' });
    expect(after > before).toBe(true);
  });

  it('refuses to order by the sequence numbers of Kinesis, which say nothing about an item', () => {
    const sequenceNumber = '4'.repeat(56);
    expect(() => orderOf({ streamArn: 'arn:aws:kinesis:eu-central-1:000000000000:stream/x', sequenceNumber })).toThrow(
      /read the table's stream/,
    );
  });

  it('a copy that somebody else marked does not let its record pass as done', async () => {
    const pair = replicaPair();
    await pair.plain(B, { id: { S: 'x' }, _seq: { N: '99' } });
    await pair.plain(A, { id: { S: 'x' }, ...text('one') });
    // This world keeps no dead letters, so what is poison stays unresolved.
    expect((await pair.flow(A, { mode })).outcomes).toEqual(['retry']);
  });
});
