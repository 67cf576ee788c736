import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import type { Entry } from '../../batch/sink.ts';
import type { Change } from '../../change/change.ts';
import { keyText } from '../../change/key-text.ts';
import { type AggregatesDependencies, reading } from './checkpoints.ts';
import type { Deltas } from './deltas.ts';
import type { CountedItem } from './item-contributions.ts';
import { itemKey } from './layout.ts';

/**
 * The items of the entries, each with what it adds after its last one, and what `generation` has of it now. Consistent.
 *
 * A change that adds nothing has no entry and needs none: the item adds after it what it added before.
 */
export async function readItems(
  { entries, generation }: { readonly entries: readonly Entry<Deltas>[]; readonly generation: number },
  dependencies: AggregatesDependencies & { readonly contribution: (change: Change) => Deltas },
): Promise<readonly CountedItem[]> {
  const last = new Map(entries.map(({ change }) => [keyText(change.keys), change]));
  return Promise.all(
    [...last.values()].map(async (change) => {
      const key = itemKey(change.keys, generation);
      const held = await readHeld(key, dependencies);
      return { key, contribution: dependencies.contribution(change), ...(held === undefined ? {} : { held }) };
    }),
  );
}

async function readHeld(
  Key: Record<string, AttributeValue>,
  { dynamodb, tables }: AggregatesDependencies,
): Promise<string | undefined> {
  const { Item } = await reading(() => dynamodb.getItem({ TableName: tables.checkpoints, Key, ConsistentRead: true }));
  return Item?.counted?.S;
}
