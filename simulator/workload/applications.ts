import { table } from '../../functions/table.ts';
import { toItem } from '../../shared/services/dynamodb/image.ts';
import { toPlain } from '../../shared/writer/plain-item.ts';
import { createWriter, type Writer } from '../../shared/writer/write.ts';
import type { Random } from '../random.ts';
import type { Region, World } from '../world/world.ts';
import type { Action } from './plan.ts';
import type { UserItem } from './user-items.ts';

type WriteAction = Exclude<Action, { readonly kind: 'trouble' }>;

/** Applications of both regions: those that use the writer, and those that write past it. */
export class Applications {
  readonly #regions: readonly Region[];
  readonly #writers: readonly Writer[];

  constructor(world: World, random: Random) {
    this.#regions = world.regions;
    this.#writers = world.regions.map(({ services }) =>
      createWriter({
        dynamodb: services.twin,
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
    if (region === undefined || writer === undefined) return;
    try {
      await this.#write(action, { region, writer });
    } catch (error) {
      const name = error instanceof Error ? error.name : '';
      if (name !== 'WriteError' && name !== 'ConditionalCheckFailedException') throw error;
    }
  }

  async #write(action: WriteAction, { region, writer }: { region: Region; writer: Writer }): Promise<void> {
    const { twin } = region.services;
    const TableName = table.name;
    switch (action.kind) {
      case 'put':
        return writer.put(toPlain(action.user));
      case 'update':
        return writer.update({ id: action.id }, toPlain(action.set));
      case 'remove':
        return writer.delete({ id: action.id });
      case 'plain':
        return void (await twin.putItem({ TableName, Item: action.user }));
      case 'old':
        return this.#putOld(action, region);
      case 'keep':
        return void (await twin.updateItem({ TableName, Key: { id: { S: action.id } }, ...updateOf(action.set) }));
      case 'hard':
        return void (await twin.deleteItem({ TableName, Key: { id: { S: action.id } } }));
      case 'expire':
        twin.expireItems();
    }
  }

  /** An image is put again where it was read: one that never was there is a write that no table has taken. */
  async #putOld({ id, choice }: { id: string; choice: number }, { feed, services }: Region): Promise<void> {
    const images = feed.changes.flatMap((change) => (change.id === id && change.newImage ? [change.newImage] : []));
    const image = images[choice % Math.max(1, images.length)];
    if (image === undefined) return;
    feed.putAgain.add(id);
    await services.twin.putItem({ TableName: table.name, Item: toItem(image as Parameters<typeof toItem>[0]) });
  }
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
