import { expect, it } from 'vitest';
import { parseStreamRecord } from '../../../change/from-stream.ts';
import { type DynamoDbTwinOptions, dynamoDbTwin, type TableChange } from './dynamodb-twin.ts';

const TableName = 'things';
const key = (id: string) => ({ TableName, Key: { id: { S: id } } });

function recording(options: Partial<DynamoDbTwinOptions> = {}) {
  const changes: TableChange[] = [];
  const twin = dynamoDbTwin({
    tables: [{ name: TableName, partitionKey: { name: 'id', type: 'S' }, timeToLiveAttribute: 'expiresAt' }],
    onChange: (change) => changes.push(change),
    ...options,
  });
  return { twin, parsed: () => changes.map(({ record }) => parseStreamRecord(record, { region: 'eu-central-1' })) };
}

it('every change is a record that the pipeline reads, with both images, in order', async () => {
  const { twin, parsed } = recording();
  const binary = Uint8Array.of(0, 255);
  await twin.putItem({ TableName, Item: { id: { S: 'a' }, b: { B: binary } } });
  await twin.updateItem({
    ...key('a'),
    UpdateExpression: 'SET n = :n',
    ExpressionAttributeValues: { ':n': { N: '1.0' } },
  });
  await twin.deleteItem(key('a'));
  const first = { id: { S: 'a' }, b: { B: 'AP8=' } };
  const second = { ...first, n: { N: '1' } };
  expect(parsed()).toMatchObject([
    { op: 'insert', newImage: first },
    { op: 'modify', oldImage: first, newImage: second },
    { op: 'remove', oldImage: second },
  ]);
  const numbers = parsed().map(({ position }) => BigInt(position.sequenceNumber));
  expect(numbers).toEqual([...numbers].sort((a, b) => (a < b ? -1 : 1)));
});

it('a write that changes nothing, and a delete of nothing, write no record', async () => {
  const { twin, parsed } = recording();
  await twin.putItem({ TableName, Item: { id: { S: 'a' }, n: { N: '1' }, s: { SS: ['x', 'y'] } } });
  await twin.putItem({ TableName, Item: { id: { S: 'a' }, n: { N: '1.0' }, s: { SS: ['y', 'x'] } } });
  await twin.deleteItem(key('b'));
  expect(parsed()).toHaveLength(1);
});

it('a cancelled transaction writes no record; a committed one all, visible before the first is told', async () => {
  const seen: number[] = [];
  const { twin } = recording({ onChange: () => seen.push(twin.items(TableName).length) });
  const put = (id: string) => ({ Put: { TableName, Item: { id: { S: id } } } });
  const never = { ConditionCheck: { ...key('c'), ConditionExpression: 'attribute_exists(id)' } };
  await twin.transactWriteItems({ TransactItems: [put('a'), never] }).catch(() => undefined);
  expect(seen).toEqual([]);
  await twin.transactWriteItems({ TransactItems: [put('a'), put('b')] });
  expect(seen).toEqual([2, 2]);
});

it('time to live removes what is over, in the words of the service', async () => {
  const { twin, parsed } = recording({ nowMs: () => 10_000 });
  await twin.putItem({ TableName, Item: { id: { S: 'over' }, expiresAt: { N: '10' } } });
  await twin.putItem({ TableName, Item: { id: { S: 'later' }, expiresAt: { N: '11' } } });
  twin.expireItems();
  expect(twin.items(TableName).map(({ id }) => id)).toEqual([{ S: 'later' }]);
  expect(parsed().at(-1)).toMatchObject({ op: 'expire', keys: { id: { S: 'over' } } });
});

it('what a caller handed in or was given stays its own', async () => {
  const { twin } = recording();
  const given = { id: { S: 'a' }, list: { L: [{ S: 'x' }] } };
  await twin.putItem({ TableName, Item: given });
  given.list.L.push({ S: 'y' });
  const { Item } = await twin.getItem(key('a'));
  Item?.list?.L?.push({ S: 'z' });
  expect((await twin.getItem(key('a'))).Item?.list).toEqual({ L: [{ S: 'x' }] });
});

it('an attribute may be named __proto__', async () => {
  const { twin, parsed } = recording();
  const Item = { id: { S: 'a' }, ['__proto__']: { S: 'own' } };
  await twin.putItem({ TableName, Item });
  const stored = (await twin.getItem(key('a'))).Item ?? {};
  expect(Object.keys(stored).sort()).toEqual(['__proto__', 'id']);
  expect(Object.keys(parsed()[0]?.newImage ?? {}).sort()).toEqual(['__proto__', 'id']);
});
