import { beforeEach, describe, expect, it } from 'vitest';
import type { TableStream } from '../services/dynamodb-streams/port.ts';

/** A table of items with an `id` and a number `n`, and its stream. */
export interface StreamedItems {
  readonly stream: TableStream;
  /** Resolves when the item is in the table. */
  put(id: string, n: number): Promise<void>;
}

/** What a reader makes of a record; AWS documents the event in "Using AWS Lambda with Amazon DynamoDB". */
interface Delivered {
  readonly eventName: string;
  readonly eventSourceARN: string;
  readonly dynamodb: {
    readonly SequenceNumber: string;
    readonly ApproximateCreationDateTime: number;
    readonly Keys: object;
    readonly NewImage?: { readonly n: { readonly N: string } };
    readonly OldImage?: object;
  };
}

/** What every implementation of TableStream promises. `open` gives an empty table with a stream of both images. */
export function describeTableStreamContract(name: string, open: () => Promise<StreamedItems>): void {
  describe(`TableStream contract: ${name}`, () => {
    let items: StreamedItems;
    beforeEach(async () => {
      items = await open();
    });

    it('has shards without records while nothing was written', async () => {
      expect(await read(items.stream)).toEqual([]);
    });

    it('gives each write of an item in order, as Lambda delivers it', async () => {
      // Of a change, engines tell the second or the minute.
      const leastS = Math.floor(Date.now() / 1000) - 60;
      await items.put('a', 1);
      await items.put('b', 7);
      await items.put('a', 2);
      const [shard] = await items.stream.shards();
      const ofA = (await read(items.stream)).filter(({ dynamodb }) => isOf('a', dynamodb));
      expect(ofA).toEqual([
        expect.objectContaining({ eventName: 'INSERT', eventSourceARN: shard?.streamArn }),
        expect.objectContaining({ eventName: 'MODIFY', eventSourceARN: shard?.streamArn }),
      ]);
      expect(ofA.map(({ dynamodb }) => dynamodb)).toMatchObject([
        { NewImage: { id: { S: 'a' }, n: { N: '1' } } },
        { NewImage: { id: { S: 'a' }, n: { N: '2' } }, OldImage: { id: { S: 'a' }, n: { N: '1' } } },
      ]);
      for (const { dynamodb } of ofA) expect(dynamodb.ApproximateCreationDateTime).toBeGreaterThanOrEqual(leastS);
    });

    it('goes on after a place, also with what was written since', async () => {
      for (const n of [1, 2, 3]) await items.put('a', n);
      const [first, , third] = await read(items.stream);
      expect((await read(items.stream, first)).map(numberOf)).toEqual(['2', '3']);
      expect(await read(items.stream, third)).toEqual([]);
      await items.put('a', 4);
      expect((await read(items.stream, third)).map(numberOf)).toEqual(['4']);
    });
  });
}

/** All records of all shards; `after` is one of the only shard that has some. */
async function read(stream: TableStream, after?: Delivered): Promise<readonly Delivered[]> {
  const records: Delivered[] = [];
  for (const shard of await stream.shards()) {
    const pages = stream.read(shard, after?.dynamodb.SequenceNumber);
    for await (const page of pages) records.push(...(page as readonly Delivered[]));
  }
  return records;
}

function isOf(id: string, { Keys }: Delivered['dynamodb']): boolean {
  return JSON.stringify(Keys) === JSON.stringify({ id: { S: id } });
}

function numberOf({ dynamodb }: Delivered): string | undefined {
  return dynamodb.NewImage?.n.N;
}
