import { describe, expect, it } from 'vitest';
import { parseKinesisRecord } from '../change/from-kinesis.ts';
import { InvalidRecordError } from '../change/invalid-record.ts';
import { readString } from '../change/read-attribute.ts';
import { deadLetterBox, type Fault } from '../testing/fake-sinks.ts';
import { kinesisRecords } from '../testing/record-builder.ts';
import { windowWorld } from '../testing/window-world.ts';
import { deadlineMarginMs } from './deadline.ts';
import { type Observation, processBatch } from './process-batch.ts';
import type { WindowTurn } from './window.ts';

const open: WindowTurn = {
  shardId: 'shardId-000000000000',
  start: '2026-01-01T00:00:00Z',
  end: '2026-01-01T00:01:00Z',
  state: {},
  isClosing: false,
};

/** Records `1`, `2`, ... that do what is said: `invalid` is poison, `nothing` is filtered, all else counts. */
function delivered(...does: readonly string[]) {
  const records = kinesisRecords();
  return does.map((text, index) => records.insert({ id: `u${index}`, does: text }, { sequenceNumber: `${index + 1}` }));
}

function world(options: { closeFaults?: Fault[]; letterFaults?: Fault[]; remainingMs?: () => number } = {}) {
  const { closeFaults = [], letterFaults = [], remainingMs = () => deadlineMarginMs } = options;
  const { sink, rows } = windowWorld(() => closeFaults.shift() ?? 'none');
  const { store, letters } = deadLetterBox(() => letterFaults.shift() ?? 'none');
  const run = async (records: readonly unknown[], window: WindowTurn = open) => {
    const observations: Observation[] = [];
    const answer = await processBatch({
      records,
      window,
      parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
      effects: ({ newImage }) => {
        const does = readString(newImage, 'does', 'newImage');
        if (does === 'invalid') throw new InvalidRecordError('newImage.does', 'is invalid');
        return does === 'nothing' ? undefined : does;
      },
      sink,
      consumer: 'test',
      deadLetters: store,
      limits: { remainingMs },
      observe: (observation) => observations.push(observation),
    });
    return { ...answer, outcomes: observations.map(({ outcome }) => outcome.kind) };
  };
  return { run, rows, letters };
}

describe('window', () => {
  it('hands on a state that counts what came before and this batch', async () => {
    const { run, rows } = world();
    const state = { counted: ['0'] };
    expect(await run(delivered('a', 'nothing', 'c'), { ...open, state })).toEqual({
      batchItemFailures: [],
      state: { counted: ['0', '1', '3'] },
      outcomes: ['applied', 'filtered', 'applied'],
    });
    expect(rows.size).toBe(0);
  });

  it('keeps poison as a dead letter that is not counted', async () => {
    const { run, letters } = world();
    expect(await run(delivered('a', 'invalid'))).toMatchObject({
      state: { counted: ['1'] },
      outcomes: ['applied', 'deadLettered'],
    });
    expect([...letters.keys()]).toEqual(['test/2']);
  });

  it('leaves state and batch as they came while a letter cannot be stored, whatever state a retry gets', async () => {
    const { run } = world({ letterFaults: ['none', 'refuse'] });
    const state = { counted: ['0'] };
    const batch = delivered('a', 'invalid', 'c', 'invalid', 'e');
    expect(await run(batch, { ...open, state })).toEqual({
      batchItemFailures: [{ itemIdentifier: '1' }],
      state,
      outcomes: ['retry', 'retry', 'retry', 'retry', 'retry'],
    });
    expect(await run(batch, { ...open, state })).toMatchObject({ state: { counted: ['0', '1', '3', '5'] } });
  });

  it('stores no dead letter near the deadline', async () => {
    const { run, letters } = world({ remainingMs: () => 0 });
    expect(await run(delivered('a', 'invalid'))).toMatchObject({ batchItemFailures: [{ itemIdentifier: '1' }] });
    expect(letters.size).toBe(0);
  });

  it('writes the state when the window ends, and begins the next one empty', async () => {
    const { run, rows } = world();
    const closing = { ...open, state: { counted: ['7', '8'] }, isClosing: true };
    expect(await run([], closing)).toEqual({ batchItemFailures: [], state: {}, outcomes: [] });
    expect([...rows]).toEqual([['2026-01-01T00:00:00Z/shardId-000000000000/7', ['7', '8']]]);
  });

  it('counts records that come with the end of a window before it writes', async () => {
    const { run, rows } = world();
    await run(delivered('a'), { ...open, state: { counted: ['0'] }, isClosing: true });
    expect([...rows.values()]).toEqual([['0', '1']]);
  });

  it('does not write a window whose last records are unresolved', async () => {
    const { run, rows } = world({ letterFaults: ['refuse'] });
    await run(delivered('invalid'), { ...open, state: { counted: ['0'] }, isClosing: true });
    expect(rows.size).toBe(0);
  });

  it('fails when the window cannot be written, so that Lambda ends it again', async () => {
    const { run, rows } = world({ closeFaults: ['refuse', 'loseReply', 'none'] });
    const closing = { ...open, state: { counted: ['7'] }, isClosing: true };
    await expect(run([], closing)).rejects.toMatchObject({ code: 'sink-throttled' });
    await expect(run([], closing)).rejects.toMatchObject({ code: 'sink-unavailable' });
    await run([], closing);
    expect([...rows.values()]).toEqual([['7']]);
  });

  it('says what to set when the event is of no window', async () => {
    const records = delivered('a');
    const { sink } = windowWorld();
    const answer = processBatch({
      records,
      parse: (record) => parseKinesisRecord(record, { region: 'eu-west-1' }),
      effects: () => 'a',
      sink,
      consumer: 'test',
      deadLetters: deadLetterBox().store,
      limits: { remainingMs: () => deadlineMarginMs },
    });
    await expect(answer).rejects.toThrow('set TumblingWindowInSeconds');
  });
});
