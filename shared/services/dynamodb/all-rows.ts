import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Row = Record<string, AttributeValue>;

interface Page {
  readonly Items?: Row[] | undefined;
  readonly LastEvaluatedKey?: Row | undefined;
}

/**
 * The rows of all pages of a query or scan. A page ends after 1 MB that were read, however little of it is returned.
 *
 * @param read of one page, which begins where it is told
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Query.Pagination.html
 */
export async function* allRows(read: (start: { ExclusiveStartKey?: Row }) => Promise<Page>): AsyncGenerator<Row> {
  let next: Row | undefined;
  do {
    const { Items = [], LastEvaluatedKey } = await read(next === undefined ? {} : { ExclusiveStartKey: next });
    yield* Items;
    next = LastEvaluatedKey;
  } while (next !== undefined);
}
