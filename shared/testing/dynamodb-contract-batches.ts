import { describe, expect } from 'vitest';
import type { ContractContext } from './dynamodb-contract-context.ts';

const TableName = 'contract-simple';

/** BatchWriteItem: puts and deletions, unconditional, each by itself. */
export function describeBatches({ dynamoDb, freshKey, test }: ContractContext): void {
  const numberOf = async (id: string) =>
    (await dynamoDb().getItem({ TableName, Key: { id: { S: id } }, ConsistentRead: true })).Item?.n?.N;
  const put = (id: string) => ({ PutRequest: { Item: { id: { S: id }, n: { N: '1' } } } });

  describe('batches', () => {
    test('a batch puts and deletes', async () => {
      const [a, b] = [freshKey(), freshKey()];
      await dynamoDb().batchWriteItem({ RequestItems: { [TableName]: [put(a)] } });
      const remove = { DeleteRequest: { Key: { id: { S: a } } } };
      const { UnprocessedItems } = await dynamoDb().batchWriteItem({ RequestItems: { [TableName]: [remove, put(b)] } });
      expect(Object.keys(UnprocessedItems ?? {})).toEqual([]);
      expect([await numberOf(a), await numberOf(b)]).toEqual([undefined, '1']);
    });

    test('26 requests are too many', async () => {
      const prefix = freshKey();
      const requests = Array.from({ length: 26 }, (_, index) => put(`${prefix}/${index}`));
      await expect(dynamoDb().batchWriteItem({ RequestItems: { [TableName]: requests } })).rejects.toMatchObject({
        name: 'ValidationException',
      });
    });

    test('a batch cannot hold one item twice', async () => {
      const id = freshKey();
      await expect(
        dynamoDb().batchWriteItem({ RequestItems: { [TableName]: [put(id), put(id)] } }),
      ).rejects.toMatchObject({ name: 'ValidationException' });
      expect(await numberOf(id)).toBeUndefined();
    });
  });
}
