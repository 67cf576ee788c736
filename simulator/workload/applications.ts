import { table } from '../../functions/table.ts';
import { toItem } from '../../shared/services/dynamodb/image.ts';
import type { DynamoDb } from '../../shared/services/dynamodb/port.ts';
import { toPlain } from '../../shared/writer/plain-item.ts';
import { createWriter, type Writer } from '../../shared/writer/write.ts';
import type { Random } from '../random.ts';
import type { ChangeFeed } from '../world/change-feed.ts';
import type { Region, World } from '../world/world.ts';
import type { Action } from './plan.ts';
import type { UserItem } from './user-items.ts';

interface Place {
  readonly region: Region;
  readonly writer: Writer;
  readonly dynamodb: DynamoDb;
}

type WriteAction = Exclude<Action, { readonly kind: 'trouble' }>;

/** Applications of both regions: those that use the writer, and those that write past it. */
export class Applications {
  readonly #regions: readonly Region[];
  /** Of each region, taking note of what is written. */
  readonly #tables: readonly DynamoDb[];
  readonly #writers: readonly Writer[];

  constructor(world: World, random: Random) {
    this.#regions = world.regions;
    this.#tables = world.regions.map(({ services, feed }) => noting(services.twin, feed));
    this.#writers = world.regions.map(({ services }, index) =>
      createWriter({
        dynamodb: this.#tables[index] ?? services.twin,
        table: { tableName: table.name, definition: table },
        region: services.name,
        mode: world.profile.mode,
        clock: {
          // Clocks know microseconds; two that agree to the last one are rare.
          nowMs: () => world.clock.nowMs() + services.skewMs + random.next(),
          sleep: (durationMs) => world.clock.sleep(durationMs),
        },
        random: () => random.next(),
      }),
    );
  }

  /** What the writer refuses, was refused: nothing was written. */
  async perform(action: WriteAction): Promise<void> {
    const region = this.#regions[action.region];
    const writer = this.#writers[action.region];
    const dynamodb = this.#tables[action.region];
    if (region === undefined || writer === undefined || dynamodb === undefined) return;
    try {
      await this.#write(action, { region, writer, dynamodb });
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name !== 'WriteError' && name !== 'ConditionalCheckFailedException') throw error;
    }
  }

  async #write(action: WriteAction, { region, writer, dynamodb }: Place): Promise<void> {
    const TableName = table.name;
    switch (action.kind) {
      case 'put':
        return writer.put(toPlain(action.user));
      case 'update':
        return writer.update({ id: action.id }, toPlain(action.set));
      case 'remove':
        return writer.delete({ id: action.id });
      case 'plain':
        return void (await dynamodb.putItem({ TableName, Item: action.user }));
      case 'old':
        return this.#putOld(action, { feed: region.feed, dynamodb });
      case 'keep':
        return void (await dynamodb.updateItem({ TableName, Key: { id: { S: action.id } }, ...updateOf(action.set) }));
      case 'hard':
        return void (await dynamodb.deleteItem({ TableName, Key: { id: { S: action.id } } }));
      case 'expire':
        region.services.twin.expireItems();
    }
  }

  /** An image is put again where it was read: one that never was there is a write that no table has taken. */
  async #putOld(
    { id, choice }: { id: string; choice: number },
    { feed, dynamodb }: { feed: ChangeFeed; dynamodb: DynamoDb },
  ): Promise<void> {
    const images = feed.changes.flatMap((change) => (change.id === id && change.newImage ? [change.newImage] : []));
    const image = images[choice % Math.max(1, images.length)];
    if (image === undefined) return;
    const Item = toItem(image as Parameters<typeof toItem>[0]);
    await noteChanges(feed, feed.putAgain, () => dynamodb.putItem({ TableName: table.name, Item }));
  }
}

/** A table that takes note of the changes that are made through it. */
function noting(twin: DynamoDb, feed: ChangeFeed): DynamoDb {
  const note = <Output>(write: () => Promise<Output>) => noteChanges(feed, feed.written, write);
  return {
    ...twin,
    putItem: (input) => note(() => twin.putItem(input)),
    updateItem: (input) => note(() => twin.updateItem(input)),
    deleteItem: (input) => note(() => twin.deleteItem(input)),
    transactWriteItems: (input) => note(() => twin.transactWriteItems(input)),
    batchWriteItem: (input) => note(() => twin.batchWriteItem(input)),
  };
}

/** The table makes its changes at the first turn of a call: what came meanwhile came of it. */
function noteChanges<Output>(
  { changes }: ChangeFeed,
  noted: Set<string>,
  write: () => Promise<Output>,
): Promise<Output> {
  const before = changes.length;
  const answer = write();
  for (const { sequenceNumber } of changes.slice(before)) noted.add(sequenceNumber);
  return answer;
}

function updateOf(set: UserItem) {
  const entries = Object.entries(set);
  return {
    UpdateExpression: `SET ${entries.map((_, index) => `#n${index} = :v${index}`).join(', ')}`,
    // Of an item that is not there an update would make one.
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeNames: Object.fromEntries(entries.map(([name], index) => [`#n${index}`, name])),
    ExpressionAttributeValues: Object.fromEntries(entries.map(([, value], index) => [`:v${index}`, value])),
  };
}
