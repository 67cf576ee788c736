import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import type { Intercept } from '../../services/dynamodb/intercept.ts';
import { aggregatesWorld, type Circumstances, countEverything, firstShard } from '../../testing/aggregates-world.ts';
import { type StreamRecord, streamRecords } from '../../testing/record-builder.ts';
import { discardRecord } from './redrive.ts';
import { discardBatch } from './redrive-batch.ts';

const streamArn = 'arn:aws:dynamodb:eu-central-1:123456789012:table/accounts/stream/2026-01-01T00:00:00.000';
const shard = { streamArn, shardId: firstShard };

/** Inserts `first` to `last`, one account each in DE with a balance of 1; the sequence number is the account's. */
function inserts(first: number, last: number, arn = streamArn): StreamRecord[] {
  const build = streamRecords({ streamArn: arn });
  return Array.from({ length: last - first + 1 }, (_, index) => {
    const number = String(first + index);
    return build.insert({ id: number, country: 'DE', balance: 1 }, { sequenceNumber: number });
  });
}

const only = (records: readonly StreamRecord[], number: number): StreamRecord => {
  const record = records.find(({ dynamodb }) => dynamodb.SequenceNumber === String(number));
  if (!record) throw new Error(`no record ${number}`);
  return record;
};

/** Code that cannot take record `number` yet. */
const poisonedBy =
  (number: number): NonNullable<Circumstances['effects']> =>
  (change) => {
    if (change.position.sequenceNumber === String(number))
      throw new InvalidRecordError('newImage', 'not understood yet');
    return countEverything(change);
  };

class Killed extends Error {
  override readonly name = 'AbortError';
}

/** The invocation dies before its transaction reaches DynamoDB. */
const killedBeforeCommit: Intercept = (call, proceed) => {
  if (call.operation === 'transactWriteItems') throw new Killed();
  return proceed();
};

/** Runs `meanwhile` once, before the first call of that operation proceeds. */
const before = (operation: string, meanwhile: () => Promise<unknown>): Intercept => {
  let done = false;
  return async (call, proceed) => {
    if (call.operation === operation && !done) {
      done = true;
      await meanwhile();
    }
    return proceed();
  };
};

describe('schedules that once lost or doubled a change', () => {
  it('G1: a record that stays unresolved ends the batch, so its redelivery is no duplicate', async () => {
    const world = aggregatesWorld();
    const records = inserts(1, 10);
    const poison = { effects: poisonedBy(5) };
    const first = await world.invoke(records, { ...poison, deadLettersFail: true });
    expect(first.response.batchItemFailures).toEqual([{ itemIdentifier: '5' }]);
    expect(await world.totals()).toEqual({ DE: '4 accounts, 4' });

    await world.invoke(records.slice(4), poison);
    expect([...world.deadLetters.keys()]).toEqual(['5']);
    expect(await world.totals()).toEqual({ DE: '9 accounts, 9' });
  });

  it('G2: a bisect across a committed cut counts the rest and nothing twice', async () => {
    const world = aggregatesWorld();
    const records = inserts(1, 10);
    await world.invoke(records.slice(0, 6));
    const left = await world.invoke(records.slice(0, 5));
    const right = await world.invoke(records.slice(5));
    expect(Object.values(left.outcomes)).toEqual(Array(5).fill('duplicate'));
    expect(right.outcomes).toEqual({ 6: 'duplicate', 7: 'applied', 8: 'applied', 9: 'applied', 10: 'applied' });
    expect(await world.totals()).toEqual({ DE: '10 accounts, 10' });
  });

  it.each([
    { when: 'before the mapping goes on', first: 'redrive' },
    { when: 'after the mapping went on', first: 'mapping' },
  ])('G3: a failure object whose head was committed counts only its rest, redriven $when', async ({ first }) => {
    const world = aggregatesWorld();
    await world.invoke(inserts(1, 7));
    if (first === 'mapping') await world.invoke(inserts(11, 12));
    const redriven = await world.redriveFailureObject(inserts(5, 10));
    expect(redriven.map(({ outcome }) => outcome)).toEqual([
      ...['duplicate', 'duplicate', 'duplicate'],
      ...['counted', 'counted', 'counted'],
    ]);
    if (first === 'redrive') await world.invoke(inserts(11, 12));
    expect(await world.totals()).toEqual({ DE: '12 accounts, 12' });
  });

  it('G4: a dead letter redriven before its consumer has passed it waits, and the consumer counts it', async () => {
    const world = aggregatesWorld();
    const records = inserts(1, 7);
    await world.invoke(records.slice(0, 4));
    await world.invoke(records.slice(4), { effects: poisonedBy(5), intercept: killedBeforeCommit });
    expect([...world.deadLetters.keys()]).toEqual(['5']);

    expect(await world.redrive(only(records, 5))).toBe('waits');
    await world.invoke(records.slice(4));
    expect(await world.redrive(only(records, 5))).toBe('duplicate');
    expect(await world.totals()).toEqual({ DE: '7 accounts, 7' });
  });

  it('G5: a record committed between the reads of its redrive is counted once', async () => {
    const world = aggregatesWorld();
    const records = inserts(1, 7);
    await world.invoke(records.slice(0, 4));
    let checkpointReads = 0;
    const intercept: Intercept = async (call, proceed) => {
      const isPhase = call.operation === 'getItem' && call.input.Key?.row?.S === 'phase';
      const isCheckpoint = ['getItem', 'query'].includes(call.operation) && !isPhase;
      if (isCheckpoint) checkpointReads += 1;
      const answer = await proceed();
      if (isCheckpoint && checkpointReads === 1) await world.invoke(records.slice(4));
      return answer;
    };
    await world.redrive(only(records, 5), { intercept });
    expect(await world.totals()).toEqual({ DE: '7 accounts, 7' });
  });

  it('G6: a redrive overtaken by the live mapping falls back to the rule for single records', async () => {
    const world = aggregatesWorld();
    await world.invoke(inserts(1, 4));
    const overtaken = before('transactWriteItems', () => world.invoke(inserts(8, 10)));
    const redriven = await world.redriveFailureObject(inserts(5, 7), { intercept: overtaken });
    expect(redriven.map(({ outcome }) => outcome)).toEqual(['counted', 'counted', 'counted']);
    expect(await world.totals()).toEqual({ DE: '10 accounts, 10' });
  });

  it('G7: an item that was invalid and is repaired leaves the group of the invalid', async () => {
    const world = aggregatesWorld();
    const build = streamRecords({ streamArn });
    const broken = { id: 'a', country: 5, balance: 1 };
    const repaired = { id: 'a', country: 'DE', balance: 1 };
    await world.invoke([build.insert(broken)]);
    expect(await world.totals()).toEqual({ '(invalid)': '1 accounts, 0' });
    await world.invoke([build.modify(broken, repaired)]);
    expect(await world.totals()).toEqual({ DE: '1 accounts, 1' });
    await world.invoke([build.remove(repaired)]);
    expect(await world.totals()).toEqual({});
    expect(world.deadLetters.size).toBe(0);
  });

  it('G13: a discarded dead letter is not counted by an older failure object that holds it', async () => {
    const world = aggregatesWorld();
    const records = inserts(1, 7);
    await world.invoke(records, { effects: poisonedBy(6) });
    expect(await discardRecord({ shard, sequenceNumber: '6' }, world.dependencies())).toBe('discarded');
    const redriven = await world.redriveFailureObject(records.slice(4));
    expect(redriven.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'duplicate']);
    expect(await world.totals()).toEqual({ DE: '6 accounts, 6' });
  });

  it('G13: a discarded failure object is not counted by an older one that overlaps it', async () => {
    const world = aggregatesWorld();
    await world.invoke(inserts(1, 4));
    await discardBatch({ shard, sequenceNumbers: ['8', '9', '10'] }, world.dependencies());
    await discardBatch({ shard, sequenceNumbers: ['5'] }, world.dependencies());
    await world.redriveFailureObject(inserts(5, 10));
    expect(await world.totals()).toEqual({ DE: '6 accounts, 6' });
  });

  it('G14: a collision of two shards on one counter is tried again, not taken for a duplicate', async () => {
    const world = aggregatesWorld();
    const collide = (times: number): Intercept => {
      let left = times;
      return (call, proceed) => {
        if (call.operation !== 'transactWriteItems' || left === 0) return proceed();
        left -= 1;
        throw cancelled(['None', 'None', 'None', 'TransactionConflict']);
      };
    };
    const once = await world.invoke(inserts(1, 3), { intercept: collide(1) });
    expect(once.response.batchItemFailures).toEqual([]);
    const always = await world.invoke(inserts(4, 6), { intercept: collide(Number.POSITIVE_INFINITY) });
    expect(always.response.batchItemFailures).toEqual([{ itemIdentifier: '4' }]);
    await world.invoke(inserts(4, 6));
    expect(await world.totals()).toEqual({ DE: '6 accounts, 6' });
  });

  it('G15: a stream switched off and on again counts from its first record, low as its number is', async () => {
    const world = aggregatesWorld();
    await world.invoke(inserts(1, 10));
    await world.invoke(inserts(1, 3, streamArn.replace('2026-01-01', '2026-01-02')));
    expect(await world.totals()).toEqual({ DE: '13 accounts, 13' });
  });
});

function cancelled(codes: readonly string[]): Error {
  const error = new Error('Transaction cancelled');
  error.name = 'TransactionCanceledException';
  return Object.assign(error, { CancellationReasons: codes.map((Code) => ({ Code })) });
}
