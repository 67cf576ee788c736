import { beforeEach, describe, expect, it } from 'vitest';
import type { WindowState } from '../../shared/batch/sink.ts';
import { interceptDynamoDb } from '../../shared/services/dynamodb/intercept.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../../shared/services/dynamodb/twin/dynamodb-twin.ts';
import { usageWindowsTable } from '../../shared/sinks/usage-windows/resources.ts';
import { baseServices, invocationContext } from '../../shared/testing/base-services.ts';
import { kinesisRecords } from '../../shared/testing/record-builder.ts';
import { readWindows } from '../../shared/writer/read-windows.ts';
import { create } from './handler.ts';

const { name: tableName, variable } = usageWindowsTable;
const minute = { start: '2026-01-01T00:00:00Z', end: '2026-01-01T00:01:00Z' };
const user = (number: number) => ({ id: `u-${number}`, email: `${number}@example.com` });
const { insert, modify, remove, expire } = kinesisRecords();

let dynamodb: DynamoDbTwin;

beforeEach(() => {
  dynamodb = dynamoDbTwin({ tables: [usageWindowsTable] });
});

/** One window of one shard from its first batch to its end, as the mapping drives it. */
async function runWindow(
  batches: readonly (readonly unknown[])[],
  { shardId = 'shardId-000000000000', window = minute } = {},
): Promise<void> {
  let state: WindowState = {};
  for (const Records of batches) state = await invoke({ Records, shardId, window, state });
  await invoke({ Records: [], shardId, window, state, isFinalInvokeForWindow: true });
}

async function invoke(event: object, through = dynamodb): Promise<WindowState> {
  const services = baseServices({ consumer: 'usage-analytics', values: { [variable]: tableName } });
  const handler = create({ ...services, dynamodb: through });
  // As Lambda hands it on: as JSON.
  const { state = {} } = JSON.parse(JSON.stringify(await handler(event, invocationContext)));
  return state;
}

function windows(fromMs = Date.UTC(2026, 0, 1), toMs = Date.UTC(2026, 0, 2)) {
  return readWindows(dynamodb, { tableName, fromMs, toMs });
}

describe('usage-analytics: changes per minute and distinct active users', () => {
  it('counts changes by operation; who was written was active, once', async () => {
    await runWindow([
      [insert(user(1)), insert(user(2)), modify(user(1), { ...user(1), plan: 'pro' })],
      [remove(user(2)), expire(user(3)), modify(user(4), { ...user(4), plan: 'pro' })],
    ]);
    const changes = { insert: 2, modify: 2, remove: 1, expire: 1 };
    expect(await windows()).toEqual([{ ...minute, changes, active: 3 }]);
  });

  it('a change that Kinesis holds twice is counted twice, and its user once', async () => {
    await runWindow([[insert(user(1), { eventId: 'e', sequenceNumber: '1' })], [insert(user(1), { eventId: 'e' })]]);
    expect(await windows()).toMatchObject([{ changes: { insert: 2 }, active: 1 }]);
  });

  it('adds up the shards of a window, and counts a user once that both have seen', async () => {
    await runWindow([[insert(user(1)), insert(user(2))]]);
    const other = kinesisRecords({ shardId: 'shardId-000000000001' });
    await runWindow([[other.modify(user(2), { ...user(2), plan: 'pro' }), other.insert(user(3))]], {
      shardId: 'shardId-000000000001',
    });
    expect(await windows()).toMatchObject([{ changes: { insert: 3, modify: 1 }, active: 3 }]);
  });

  it('estimates thousands of users within five percent, in a state far below 1 MB', async () => {
    const users = Array.from({ length: 12_000 }, (_, number) => insert(user(number)));
    let state: WindowState = {};
    const event = { shardId: 'shardId-000000000000', window: minute };
    for (let at = 0; at < users.length; at += 1000) {
      state = await invoke({ ...event, Records: users.slice(at, at + 1000), state });
    }
    expect(JSON.stringify(state).length).toBeLessThan(8_000);
    await invoke({ ...event, Records: [], state, isFinalInvokeForWindow: true });
    const [window] = await windows();
    expect(window?.changes.insert).toBe(12_000);
    expect(Math.abs((window?.active ?? 0) / 12_000 - 1)).toBeLessThan(0.05);
  });

  it('a window that ends twice is one row', async () => {
    const state = await invoke({ Records: [insert(user(1))], shardId: 's', window: minute, state: {} });
    const end = { Records: [], shardId: 's', window: minute, state, isFinalInvokeForWindow: true };
    await invoke(end);
    await invoke(end);
    expect(await windows()).toMatchObject([{ changes: { insert: 1 } }]);
  });

  it('a window that goes on after an end that Lambda never heard of counts all of it, once', async () => {
    const event = { shardId: 's', window: minute };
    const first = await invoke({ ...event, Records: [insert(user(1))], state: {} });
    await invoke({ ...event, Records: [], state: first, isFinalInvokeForWindow: true });
    const second = await invoke({ ...event, Records: [insert(user(2))], state: first });
    await invoke({ ...event, Records: [], state: second, isFinalInvokeForWindow: true });
    expect(await windows()).toMatchObject([{ changes: { insert: 2 }, active: 2 }]);
  });

  it('a write of a shorter window that lands late does not replace the longer one', async () => {
    const event = { shardId: 's', window: minute };
    const short = await invoke({ ...event, Records: [insert(user(1))], state: {} });
    const long = await invoke({ ...event, Records: [insert(user(2))], state: short });
    await invoke({ ...event, Records: [], state: long, isFinalInvokeForWindow: true });
    await invoke({ ...event, Records: [], state: short, isFinalInvokeForWindow: true });
    expect(await windows()).toMatchObject([{ changes: { insert: 2 } }]);
  });

  it.each([
    { ended: 'early, as its last invocation', flags: { isFinalInvokeForWindow: true, isWindowTerminatedEarly: true } },
    { ended: 'early, with others to come', flags: { isWindowTerminatedEarly: true } },
  ])('a window that is ended $ended leaves parts that add up', async ({ flags }) => {
    const event = { shardId: 's', window: minute };
    const first = await invoke({ ...event, Records: [insert(user(1)), insert(user(2))], state: {} });
    expect(await invoke({ ...event, Records: [], state: first, ...flags })).toEqual({});
    await runWindow([[insert(user(2)), insert(user(3))]], { shardId: 's' });
    expect(dynamodb.items(tableName)).toHaveLength(2);
    expect(await windows()).toMatchObject([{ changes: { insert: 4 }, active: 3 }]);
  });

  it('a window without a change leaves no row', async () => {
    await runWindow([[modify(user(1), user(1))]]);
    expect(dynamodb.items(tableName)).toEqual([]);
  });

  it('its end fails while the row cannot be written, and says nothing of who was active', async () => {
    const event = { shardId: 's', window: minute };
    const state = await invoke({ ...event, Records: [insert(user(1))], state: {} });
    const end = { ...event, Records: [], state, isFinalInvokeForWindow: true };
    const throttled = interceptDynamoDb(dynamodb, () => {
      throw Object.assign(new Error(user(1).email), { name: 'ThrottlingException' });
    });
    const services = baseServices({ consumer: 'usage-analytics', values: { [variable]: tableName } });
    await expect(create({ ...services, dynamodb: throttled })(end, invocationContext)).rejects.toMatchObject({
      name: 'RetryableError',
      message: expect.not.stringContaining('example.com'),
    });
    await invoke(end);
    expect(await windows()).toMatchObject([{ changes: { insert: 1 } }]);
  });

  it('refuses a state that is not its own instead of counting from nothing', async () => {
    const end = { Records: [], shardId: 's', window: minute, state: { first: 1 }, isFinalInvokeForWindow: true };
    await expect(invoke(end)).rejects.toThrow('another version');
  });

  it('rows are deleted by time to live 90 days after their window', async () => {
    await runWindow([[insert(user(1))]]);
    const [row] = dynamodb.items(tableName);
    expect(Number(row?.expiresAt?.N)).toBe(Date.parse(minute.end) / 1000 + 90 * 86_400);
  });
});

describe('readWindows', () => {
  it('reads from a time until before another, across days, oldest first', async () => {
    const starts = ['2025-12-31T23:58:00Z', '2025-12-31T23:59:00Z', '2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z'];
    for (const start of starts.toReversed()) {
      const end = new Date(Date.parse(start) + 60_000).toISOString().replace('.000Z', 'Z');
      await runWindow([[insert(user(1))]], { window: { start, end } });
    }
    const read = await windows(Date.parse('2025-12-31T23:58:30Z'), Date.parse('2026-01-01T00:01:00Z'));
    expect(read.map(({ start }) => start)).toEqual(starts.slice(1, 3));
  });
});
