import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from '../../services/dynamodb/port.ts';
import { dynamoDbTwin, type TableChange } from '../../services/dynamodb/twin/dynamodb-twin.ts';
import { keyOfItem } from '../../services/dynamodb/twin/key.ts';
import type { TwinTable } from '../../services/dynamodb/twin/table.ts';
import { OperatorError } from '../target.ts';
import type { Plan } from './planned-change.ts';

type Item = Record<string, AttributeValue>;

export interface DryTable extends TwinTable {
  /** Whether the numbers of its items may be shown: those of the pipeline's own tables are counts and times. */
  readonly showsNumbers: boolean;
}

/**
 * DynamoDB that is read for real and written in memory. Before an item is written it is read, so that every condition
 * meets the item as it is: what would be refused is refused here.
 */
export function dryDynamoDb(options: {
  readonly real: DynamoDb;
  readonly tables: readonly DryTable[];
  readonly nowMs: () => number;
  readonly plan: Plan;
}): DynamoDb {
  const { real, tables, nowMs, plan } = options;
  const definitions = new Map(tables.map((table) => [table.name, table]));
  const loaded = new Set<string>();
  let isLoading = false;
  const twin = dynamoDbTwin({
    tables,
    nowMs,
    onChange: (change) => {
      if (!isLoading) plan(planned(change, definitions.get(change.tableName)));
    },
  });

  async function load(tableName: string | undefined, keyOrItem: Item | undefined): Promise<void> {
    const definition = definitions.get(tableName ?? '');
    if (definition === undefined || keyOrItem === undefined) throw undryable(`the table ${tableName ?? '(none)'}`);
    const { attributes, partition, sort } = keyOfItem(definition, keyOrItem);
    const identity = JSON.stringify([definition.name, partition, sort]);
    if (loaded.has(identity)) return;
    loaded.add(identity);
    const { Item } = await real.getItem({ TableName: definition.name, Key: attributes, ConsistentRead: true });
    if (Item === undefined) return;
    isLoading = true;
    // The twin writes at its first turn: nothing else can come between.
    const written = twin.putItem({ TableName: definition.name, Item });
    isLoading = false;
    await written;
  }

  return {
    getItem: async (input) => {
      await load(input.TableName, input.Key);
      return twin.getItem(input);
    },
    putItem: async (input) => {
      await load(input.TableName, input.Item);
      return twin.putItem(input);
    },
    updateItem: async (input) => {
      await load(input.TableName, input.Key);
      return twin.updateItem(input);
    },
    deleteItem: async (input) => {
      await load(input.TableName, input.Key);
      return twin.deleteItem(input);
    },
    transactWriteItems: async (input) => {
      for (const part of input.TransactItems ?? []) await load(...touchedBy(part));
      return twin.transactWriteItems(input);
    },
    batchWriteItem: () => Promise.reject(undryable('a batch write')),
    query: (input) => real.query(input),
    scan: (input) => real.scan(input),
  };
}

function touchedBy({ Put, Update, Delete, ConditionCheck }: TransactWriteItem): [string | undefined, Item | undefined] {
  if (Put !== undefined) return [Put.TableName, Put.Item];
  const other = Update ?? Delete ?? ConditionCheck;
  return [other?.TableName, other?.Key];
}

function undryable(what: string): OperatorError {
  return new OperatorError(`A dry run cannot tell what ${what} would change.`);
}

function planned({ tableName, record }: TableChange, definition: DryTable | undefined) {
  const { Keys = {}, OldImage = {}, NewImage = {} } = record.dynamodb;
  const names = [...new Set([...Object.keys(OldImage), ...Object.keys(NewImage)])].filter((name) => !(name in Keys));
  const changed = names.filter((name) => JSON.stringify(OldImage[name]) !== JSON.stringify(NewImage[name]));
  const number = (image: typeof OldImage, name: string) => {
    const value = image[name];
    return value !== undefined && 'N' in value ? value.N : undefined;
  };
  const shown = changed.map((name) => {
    const [before, after] = [number(OldImage, name), number(NewImage, name)];
    const isShown = definition?.showsNumbers === true && after !== undefined;
    return isShown ? `${name} ${before ?? 'none'} -> ${after}` : name;
  });
  return {
    service: 'dynamodb' as const,
    action: record.eventName.toLowerCase(),
    target: tableName,
    key: Object.values(Keys)
      .map((value) => Object.values(value).join(''))
      .join(' / '),
    ...(shown.length === 0 ? {} : { detail: shown.join(', ') }),
  };
}
