import type { TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { describe, expect } from 'vitest';
import type { ContractContext } from './dynamodb-contract-context.ts';

const TableName = 'contract-simple';

/** TransactWriteItems: all or nothing, with a reason for each item in its order. */
export function describeTransactions(context: ContractContext): void {
  describe('transactions', () => {
    describeCommits(context);
    describeCancellations(context);
    describeRefusals(context);
  });
}

const put = (id: string, n = '1'): TransactWriteItem => ({ Put: { TableName, Item: { id: { S: id }, n: { N: n } } } });

function describeCommits({ dynamoDb, freshKey, test }: ContractContext): void {
  const numberOf = async (id: string) =>
    (await dynamoDb().getItem({ TableName, Key: { id: { S: id } }, ConsistentRead: true })).Item?.n?.N;

  test('put, update, delete and check of different items commit together', async () => {
    const [a, b, c, d] = [freshKey(), freshKey(), freshKey(), freshKey()];
    await dynamoDb().transactWriteItems({ TransactItems: [put(b), put(c), put(d)] });
    const key = (id: string) => ({ TableName, Key: { id: { S: id } } });
    await dynamoDb().transactWriteItems({
      TransactItems: [
        put(a),
        { Update: { ...key(b), UpdateExpression: 'ADD n :two', ExpressionAttributeValues: { ':two': { N: '2' } } } },
        { Delete: key(c) },
        { ConditionCheck: { ...key(d), ConditionExpression: 'attribute_exists(id)' } },
      ],
    });
    expect(await Promise.all([a, b, c, d].map(numberOf))).toEqual(['1', '3', undefined, '1']);
  });

  test('100 items are a transaction', async () => {
    const prefix = freshKey();
    const TransactItems = Array.from({ length: 100 }, (_, index) => put(`${prefix}/${index}`));
    await dynamoDb().transactWriteItems({ TransactItems });
    expect(await numberOf(`${prefix}/99`)).toBe('1');
  });

  test('the same token with the same request counts once', async () => {
    const id = freshKey();
    const update = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    const request = {
      ClientRequestToken: `token-${id}`,
      TransactItems: [{ Update: { TableName, Key: { id: { S: id } }, ...update } }],
    };
    await dynamoDb().transactWriteItems(request);
    await dynamoDb().transactWriteItems(request);
    expect(await numberOf(id)).toBe('1');
  });

  test('the same token with another request is refused', async () => {
    const id = freshKey();
    const ClientRequestToken = `token-${id}`;
    await dynamoDb().transactWriteItems({ ClientRequestToken, TransactItems: [put(id)] });
    const other = dynamoDb().transactWriteItems({ ClientRequestToken, TransactItems: [put(id, '2')] });
    await expect(other).rejects.toMatchObject({ name: 'IdempotentParameterMismatchException' });
  });
}

function describeCancellations({ dynamoDb, freshKey, test }: ContractContext): void {
  test('a failed condition cancels everything, with reasons in order and the item on request', async () => {
    const [free, taken, alsoTaken] = [freshKey(), freshKey(), freshKey()];
    await dynamoDb().transactWriteItems({ TransactItems: [put(taken, '7'), put(alsoTaken, '8')] });
    const unlessTaken = (id: string, returnItem: boolean): TransactWriteItem => ({
      Put: {
        TableName,
        Item: { id: { S: id } },
        ConditionExpression: 'attribute_not_exists(id)',
        ...(returnItem ? { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } : {}),
      },
    });
    const attempt = dynamoDb().transactWriteItems({
      TransactItems: [put(free), unlessTaken(taken, true), unlessTaken(alsoTaken, false)],
    });
    const error: unknown = await attempt.catch((problem: unknown) => problem);
    expect(error).toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [
        { Code: 'None' },
        { Code: 'ConditionalCheckFailed', Item: { id: { S: taken }, n: { N: '7' } } },
        { Code: 'ConditionalCheckFailed' },
      ],
    });
    expect(error).not.toHaveProperty('CancellationReasons.2.Item');
    expect((await dynamoDb().getItem({ TableName, Key: { id: { S: free } } })).Item).toBeUndefined();
  });

  test('what an item cannot take cancels with the reason ValidationError', async () => {
    const [fine, text] = [freshKey(), freshKey()];
    await dynamoDb().putItem({ TableName, Item: { id: { S: text }, n: { S: 'text' } } });
    const update = { UpdateExpression: 'ADD n :one', ExpressionAttributeValues: { ':one': { N: '1' } } };
    const attempt = dynamoDb().transactWriteItems({
      TransactItems: [put(fine), { Update: { TableName, Key: { id: { S: text } }, ...update } }],
    });
    await expect(attempt).rejects.toMatchObject({
      name: 'TransactionCanceledException',
      CancellationReasons: [{ Code: 'None' }, { Code: 'ValidationError' }],
    });
  });
}

function describeRefusals({ dynamoDb, freshKey, test }: ContractContext): void {
  const refusals: readonly { because: string; items: (id: string) => TransactWriteItem[] }[] = [
    { because: 'an item comes twice', items: (id) => [put(id), put(id, '2')] },
    {
      because: 'there are more than 100 items',
      items: (id) => Array.from({ length: 101 }, (_, n) => put(`${id}/${n}`)),
    },
    { because: 'there are none', items: () => [] },
    { because: 'an entry has no action', items: () => [{}] },
  ];
  for (const { because, items } of refusals) {
    test(`a transaction is refused because ${because}`, async () => {
      const attempt = dynamoDb().transactWriteItems({ TransactItems: items(freshKey()) });
      await expect(attempt).rejects.toMatchObject({ name: 'ValidationException' });
    });
  }
}
