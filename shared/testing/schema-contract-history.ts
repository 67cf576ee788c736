import type { AttributeMap } from '../change/attribute-value.ts';
import { nextStamp } from '../change/stamp.ts';
import { isTombstone, tombstoneOf } from '../change/tombstone.ts';
import { toImage, toItem } from '../services/dynamodb/image.ts';
import { type DynamoDbTwin, dynamoDbTwin } from '../services/dynamodb/twin/dynamodb-twin.ts';
import type { StreamRecord } from '../services/dynamodb/twin/stream-record.ts';
import type { Choose, SchemaUnderTest } from './schema-contract.ts';

/** One change of the table, as both of its streams know it. */
export interface TableWrite {
  readonly record: StreamRecord;
  /** What only Kinesis tells. Not before that of an earlier write, but often the same. */
  readonly createdAtMicroseconds: bigint;
}

export interface History {
  readonly twin: DynamoDbTwin;
  /** Makes so many random writes; what they changed, in order. */
  write(count: number): Promise<readonly TableWrite[]>;
  /** What is not deleted. */
  items(): readonly AttributeMap[];
}

type Sdk = ReturnType<typeof toItem>;

/** Random writes of every kind to a table in memory: a microsecond may hold several. */
export function startHistory(schema: SchemaUnderTest, choose: Choose): History {
  const { table } = schema;
  const TableName = table.name;
  let microseconds = 1_767_225_600_000_000n;
  let changes: TableWrite[] = [];
  const nowMs = () => Number(microseconds / 1000n);
  const twin = dynamoDbTwin({
    tables: [table],
    nowMs,
    onChange: ({ record }) => changes.push({ record, createdAtMicroseconds: microseconds }),
  });
  const key = (): Sdk => toItem(choose.pick(schema.keys));
  const contents = (): Sdk => toItem(schema.contents(choose, nowMs()));

  const put = () => twin.putItem({ TableName, Item: { ...contents(), ...key() } });
  const updateOne = () => updateAttribute(twin, { TableName, Key: key(), contents: contents(), choose });
  const kinds: readonly (() => Promise<unknown>)[] = [
    put,
    put,
    updateOne,
    updateOne,
    () => twin.deleteItem({ TableName, Key: key() }),
    () => twin.putItem({ TableName, Item: toItem(randomTombstone(schema, { choose, microseconds })) }),
    () => transact(),
    () => repeatPut(),
    async () => twin.expireItems(),
  ];

  async function transact(): Promise<void> {
    const first = choose.integer(0, schema.keys.length - 1);
    const keys = schema.keys.slice(first, first + 3).map(toItem);
    await twin.transactWriteItems({
      TransactItems: keys.map((Key) =>
        choose.once(4) ? { Delete: { TableName, Key } } : { Put: { TableName, Item: { ...contents(), ...Key } } },
      ),
    });
  }

  /** Changes nothing. */
  async function repeatPut(): Promise<void> {
    const [item] = twin.items(TableName);
    if (item !== undefined) await twin.putItem({ TableName, Item: item });
  }

  return {
    twin,
    async write(count) {
      changes = [];
      for (let left = count; left > 0; left -= 1) {
        microseconds += choose.pick([0n, 0n, 1n, 999n, 1_500_000n]);
        await choose.pick(kinds)();
      }
      return changes;
    },
    items: () => {
      const items = twin.items(TableName).map(toImage);
      return items.filter((item) => !isTombstone(item, table));
    },
  };
}

/** A stamped deletion, of an item that may be live, deleted or none; its end may be near. */
function randomTombstone(
  { table, keys }: SchemaUnderTest,
  { choose, microseconds }: { choose: Choose; microseconds: bigint },
): AttributeMap {
  const nowMs = Number(microseconds / 1000n);
  const stamp = nextStamp({ nowMicroseconds: microseconds, region: 'eu-central-1' });
  const tombstone = tombstoneOf(choose.pick(keys), { table, stamp, nowMs });
  const end = { N: `${Math.floor(nowMs / 1000) + choose.integer(0, 3)}` };
  const { timeToLiveAttribute } = table;
  const soon = timeToLiveAttribute === undefined || choose.once(2) ? {} : { [timeToLiveAttribute]: end };
  return { ...tombstone, ...soon };
}

/** Sets or removes one attribute, of an item that may not be there yet. */
async function updateAttribute(
  twin: DynamoDbTwin,
  { TableName, Key, contents, choose }: { TableName: string; Key: Sdk; contents: Sdk; choose: Choose },
): Promise<void> {
  const [name = '', value] = choose.pick(Object.entries(contents));
  const target = { TableName, Key, ExpressionAttributeNames: { '#name': name } };
  if (value === undefined || choose.once(3)) {
    await twin.updateItem({ ...target, UpdateExpression: 'REMOVE #name' });
    return;
  }
  const ExpressionAttributeValues = { ':value': value };
  await twin.updateItem({ ...target, UpdateExpression: 'SET #name = :value', ExpressionAttributeValues });
}
