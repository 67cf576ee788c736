import { describe, expect, it } from 'vitest';
import { InvalidRecordError } from '../../change/invalid-record.ts';
import { aggregatesWorld, countEverything } from '../../testing/aggregates-world.ts';
import { streamRecords } from '../../testing/record-builder.ts';

const poisonThird: typeof countEverything = (change) => {
  if (change.position.sequenceNumber === '3') throw new InvalidRecordError('newImage', 'not understood yet');
  return countEverything(change);
};

function fiveInserts() {
  const build = streamRecords();
  const insert = (number: number) =>
    build.insert({ id: `a${number}`, country: 'DE', balance: 1 }, { sequenceNumber: String(number) });
  return { records: [1, 2, 4, 5].map(insert), third: insert(3) };
}

async function worldWithDeadLetter() {
  const world = aggregatesWorld();
  const { records, third } = fiveInserts();
  await world.invoke([...records, third], { effects: poisonThird });
  return { world, third };
}

describe('redrive of a dead letter', () => {
  it('counts it once, however often it is redriven', async () => {
    const { world, third } = await worldWithDeadLetter();
    expect(await world.totals()).toEqual({ DE: '4 accounts, 4' });
    expect(await world.redrive(third)).toBe('counted');
    expect(await world.redrive(third)).toBe('duplicate');
    expect(await world.totals()).toEqual({ DE: '5 accounts, 5' });
  });

  it('counts it once when two people redrive it at the same time', async () => {
    const { world, third } = await worldWithDeadLetter();
    const outcomes = await Promise.all([world.redrive(third), world.redrive(third)]);
    expect(outcomes.toSorted()).toEqual(['counted', 'duplicate']);
    expect(await world.totals()).toEqual({ DE: '5 accounts, 5' });
  });

  it('counts it once when the reply of the redrive is lost', async () => {
    const { world, third } = await worldWithDeadLetter();
    await world.redrive(third, {
      intercept: async (call, proceed) => {
        const answer = await proceed();
        if (call.operation === 'transactWriteItems') throw new Error('socket hang up');
        return answer;
      },
    });
    expect(await world.totals()).toEqual({ DE: '5 accounts, 5' });
  });

  it('changes nothing when it is older than what would tell a duplicate', async () => {
    const { world, third } = await worldWithDeadLetter();
    world.now.ms += 30 * 24 * 3600 * 1000;
    expect(await world.redrive(third)).toBe('tooOld');
    expect(await world.totals()).toEqual({ DE: '4 accounts, 4' });
  });

  it('finds the cut of a record whose number has fewer digits than the last of the cut', async () => {
    const world = aggregatesWorld();
    const build = streamRecords();
    const records = ['9', '10', '11'].map((sequenceNumber) =>
      build.insert({ id: 'a', country: 'DE' }, { sequenceNumber }),
    );
    await world.invoke(records);
    const redriven = await world.redriveFailureObject(records);
    expect(redriven.map(({ outcome }) => outcome)).toEqual(['duplicate', 'duplicate', 'duplicate']);
  });

  it('keeps a record that still cannot be read when its failure object is redriven', async () => {
    const world = aggregatesWorld();
    const { records, third } = fiveInserts();
    await world.invoke(records.slice(2));
    const redriven = await world.redriveFailureObject([third], { effects: poisonThird });
    expect(redriven).toMatchObject([{ outcome: 'deadLettered' }]);
    expect([...world.deadLetters.keys()]).toEqual(['3']);
  });
});
