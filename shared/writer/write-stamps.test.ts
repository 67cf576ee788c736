import { beforeEach, describe, expect, it } from 'vitest';
import { readStamp, stampParts } from '../change/stamp.ts';
import { interceptDynamoDb } from '../services/dynamodb/intercept.ts';
import { createWriterWorld, type WriterWorld } from '../testing/writer-world.ts';
import type { Writer } from './write.ts';

let world: WriterWorld;
let writer: Writer;

beforeEach(() => {
  world = createWriterWorld();
  writer = world.writer();
});

describe('a write carries a stamp', () => {
  it('of the clock in microseconds and the region', async () => {
    await writer.put({ id: 'a', name: 'Ada' });
    expect(world.stored()).toEqual({
      id: { S: 'a' },
      name: { S: 'Ada' },
      _v: { S: `${world.startMs}000/00000/eu-west-1___________` },
    });
  });

  it('greater than the one before, in the same microsecond too', async () => {
    await writer.put({ id: 'a', n: 1 });
    const first = world.stampOf();
    await writer.update({ id: 'a' }, { n: 2 });
    const second = world.stampOf();
    if (first === undefined || second === undefined) throw new Error('an item is unstamped');
    expect(second > first).toBe(true);
    expect(world.slept).toEqual([]);
  });

  it('above that of another region whose clock is ahead by less than a second', async () => {
    const ahead = world.stampAt(900);
    await world.place({ _v: { S: ahead } });
    await writer.put({ id: 'a', name: 'Ada' });
    expect(world.stored()?.name).toEqual({ S: 'Ada' });
    const stamp = world.stampOf();
    expect(stamp !== undefined && stamp > ahead).toBe(true);
    expect(stamp && stampParts(stamp).region).toBe('eu-west-1');
    expect(world.slept).toEqual([]);
  });

  it('is refused when the item is more than a second ahead of the clock; other items stay writable', async () => {
    await world.place({ _v: { S: world.stampAt(1500) } });
    await expect(writer.put({ id: 'a' })).rejects.toMatchObject({
      code: 'clock-ahead',
      message: expect.stringContaining('us-east-1 with a stamp 1.5 s ahead'),
    });
    expect(world.stampOf()).toBe(world.stampAt(1500));
    await writer.put({ id: 'b' });
    expect(world.stampOf('b')).toMatch(new RegExp(`^${world.startMs}000/`));
    world.nowMs += 1000;
    await writer.put({ id: 'a' });
  });

  it('follows a clock that is set back', async () => {
    await writer.put({ id: 'a' });
    world.nowMs -= 3_600_000;
    await writer.put({ id: 'b' });
    expect(world.stampOf('b')).toBe(world.stampAt(-3_600_000, 'eu-west-1'));
  });

  it('waits for the replicator to stamp what something else wrote, and gives up after a while', async () => {
    await world.place({ name: { S: 'by hand' } });
    await expect(writer.put({ id: 'a', name: 'Ada' })).rejects.toMatchObject({ code: 'unstamped' });
    expect(world.stored()).toEqual({ id: { S: 'a' }, name: { S: 'by hand' } });
    expect(world.slept.length).toBeGreaterThan(5);
    expect(world.nowMs - world.startMs).toBeLessThan(15_000);

    const clock = {
      nowMs: () => world.nowMs,
      // The replicator stamps it meanwhile.
      sleep: async () => world.place({ _v: { S: world.stampAt(60_000) } }),
    };
    world.nowMs = world.startMs + 60_000;
    await world.writer({ clock }).put({ id: 'a', name: 'Ada' });
    expect(world.stored()?.name).toEqual({ S: 'Ada' });
  });

  it('cannot be given by the application, and the region must be one', async () => {
    await expect(writer.put({ id: 'a', _v: 'mine' })).rejects.toMatchObject({ code: 'invalid-item' });
    await expect(writer.update({ id: 'a' }, { _deleted: true })).rejects.toMatchObject({ code: 'invalid-item' });
    expect(() => world.writer({ region: 'Ireland' })).toThrowError(/name of a region/);
  });
});

describe('a repetition by the SDK, whose first reply was lost', () => {
  /** Each write is sent twice, as the SDK does, and only the second answer is heard. */
  const repeating = () =>
    interceptDynamoDb(world.twin, async ({ operation }, proceed) => {
      if (operation !== 'getItem') await proceed().catch(() => undefined);
      return proceed();
    });

  it('is the same write: it is not made again with another stamp', async () => {
    const repeated = world.writer({ dynamodb: repeating() });
    await repeated.put({ id: 'a', name: 'Ada', note: 'x' });
    expect(world.stampOf()).toBe(world.stampAt(0, 'eu-west-1'));
    await repeated.update({ id: 'a' }, { name: 'Eva', note: undefined });
    expect(stampParts(world.stampOf() ?? world.stampAt(0)).counter).toBe(1);
    await repeated.delete({ id: 'a' });
    expect(stampParts(world.stampOf() ?? world.stampAt(0)).counter).toBe(2);
    await repeated.put({ id: 'b', count: 0 });
    await repeated.modify({ id: 'b' }, ({ count }) => ({ count: Number(count) + 1 }));
    expect(await repeated.get({ id: 'b' })).toEqual({ id: 'b', count: 1 });
    expect(world.slept).toEqual([]);
  });
});

describe('transact', () => {
  it('makes all writes with one stamp above every item they meet, or none', async () => {
    await world.place({ _v: { S: world.stampAt(500) }, name: { S: 'a' } });
    await writer.put({ id: 'b' });
    await writer.transact([
      { put: { id: 'c' } },
      { update: { id: 'a' }, changes: { name: 'A' } },
      { delete: { id: 'b' } },
    ]);
    expect(new Set(['a', 'b', 'c'].map((id) => world.stampOf(id))).size).toBe(1);
    expect([await writer.get({ id: 'a' }), await writer.get({ id: 'b' })]).toEqual([{ id: 'a', name: 'A' }, undefined]);
    await expect(writer.transact([{ put: { id: 'd' } }, { update: { id: 'b' }, changes: {} }])).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('write 2 of the transaction'),
    });
    expect(world.stored('d')).toBeUndefined();
  });
});

describe('the modes', () => {
  it('active-active refuses batch writes and says what to use instead', async () => {
    await expect(writer.batchWrite([{ put: { id: 'a' } }])).rejects.toMatchObject({
      code: 'batch-refused',
      message: expect.stringContaining('use put and delete'),
    });
    expect(world.stored()).toBeUndefined();
  });

  it('one-way takes unstamped items as they are, stamps what it writes, and deletions just delete', async () => {
    await world.place({ name: { S: 'from before' } });
    const only = world.writer({ mode: 'one-way' });
    await only.modify({ id: 'a' }, ({ name }) => ({ name: `${name}!` }));
    expect(world.stored()).toMatchObject({ name: { S: 'from before!' }, _v: { S: world.stampAt(0, 'eu-west-1') } });
    await only.batchWrite([...Array(30).keys()].map((n) => ({ put: { id: `batch-${n}` } })));
    expect(world.items().filter(({ _v }) => readStamp(_v?.S) !== undefined)).toHaveLength(31);
    await only.delete({ id: 'a' });
    await only.batchWrite([{ delete: { id: 'batch-0' } }]);
    expect(world.items()).toHaveLength(29);
  });
});
