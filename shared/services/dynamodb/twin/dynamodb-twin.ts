import type { GetItemCommandInput, TransactWriteItemsCommandInput } from '@aws-sdk/client-dynamodb';
import type { DynamoDb } from '../port.ts';
import { planBatch } from './batch-write.ts';
import { idempotentParameterMismatch, tableNotFound, ValidationException } from './errors.ts';
import { placeholdersOf } from './expression/placeholders.ts';
import { parseProjection, project } from './expression/projection.ts';
import { keyOfItem, keyOfRequest } from './key.ts';
import { normalizedItem } from './normalize.ts';
import { query, scan } from './read.ts';
import { returnedAttributes } from './returned-attributes.ts';
import { type StreamRecord, streamRecord } from './stream-record.ts';
import {
  allItems,
  applyChange,
  findItem,
  type ItemChange,
  newTable,
  type TableState,
  type TwinTable,
} from './table.ts';
import { planTransaction } from './transact.ts';
import { cloneItem, type Item } from './value.ts';
import { planWrite, prepareDelete, preparePut, prepareUpdate } from './write.ts';

export interface DynamoDbTwinOptions {
  readonly tables: readonly TwinTable[];
  /** Told synchronously within the write, after it is visible, in the order of the table's stream. */
  readonly onChange?: (change: TableChange) => void;
  /** @default 0, so that runs without a clock are repeatable */
  readonly nowMs?: () => number;
  /** @default 'eu-central-1' */
  readonly region?: string;
}

export interface TableChange {
  readonly tableName: string;
  readonly createdAtMs: number;
  readonly record: StreamRecord;
}

export interface DynamoDbTwin extends DynamoDb {
  /** Every item of a table, copied, in no promised order. */
  items(tableName: string): Item[];
  /** Removes what time to live says is over, as the service does it (in the stream, too). */
  expireItems(): void;
}

/** An idempotency token counts for ten minutes. */
const tokenLifetimeMs = 10 * 60 * 1000;

/**
 * DynamoDB in memory, faithful to AWS's documentation where the local engines are not: no stream record for a write
 * that changes nothing, 38 exact digits, reserved words. Each call is atomic at its first turn; nothing is throttled
 * and no transactions collide, which `interceptDynamoDb` adds where a test wants it.
 */
export function dynamoDbTwin(options: DynamoDbTwinOptions): DynamoDbTwin {
  const { nowMs = () => 0 } = options;
  const tables = new Map(options.tables.map((definition) => [definition.name, newTable(definition)]));
  const tokens = tokenMemory(nowMs);
  const commit = committer({ ...options, nowMs });

  const tableNamed = (name: string | undefined): TableState => {
    const table = name === undefined ? undefined : tables.get(name);
    if (table === undefined) throw tableNotFound(name);
    return table;
  };

  return {
    getItem: async (input) => getItem(tableNamed(input.TableName), input),
    async putItem(input) {
      const change = planWrite(preparePut(tableNamed(input.TableName), input));
      const answer = returnedAttributes(change, input.ReturnValues, ['ALL_OLD']);
      commit([change]);
      return answer;
    },
    async updateItem(input) {
      const write = prepareUpdate(tableNamed(input.TableName), input);
      const change = planWrite(write);
      const all = ['ALL_OLD', 'ALL_NEW', 'UPDATED_OLD', 'UPDATED_NEW'];
      const touched = write.effect.kind === 'update' ? write.effect.actions.map(({ path }) => path) : [];
      const answer = returnedAttributes(change, input.ReturnValues, all, touched);
      commit([change]);
      return answer;
    },
    async deleteItem(input) {
      const change = planWrite(prepareDelete(tableNamed(input.TableName), input));
      const answer = returnedAttributes(change, input.ReturnValues, ['ALL_OLD']);
      commit([change]);
      return answer;
    },
    query: async (input) => query(tableNamed(input.TableName), input),
    scan: async (input) => {
      if (input.IndexName !== undefined) {
        throw new ValidationException('The in-memory DynamoDB scans tables only: drop IndexName');
      }
      return scan(tableNamed(input.TableName), input);
    },
    async batchWriteItem(input) {
      commit(planBatch(input, tableNamed));
      return { UnprocessedItems: {} };
    },
    async transactWriteItems(input) {
      if (tokens.isRepeat(input)) return {};
      const changes = planTransaction(input, tableNamed);
      tokens.keep(input);
      commit(changes);
      return {};
    },
    items: (tableName) => [...allItems(tableNamed(tableName))].map(cloneItem),
    expireItems() {
      for (const table of tables.values()) commit(expirations(table, nowMs()), true);
    },
  };
}

function getItem(table: TableState, input: GetItemCommandInput): { Item?: Item } {
  const placeholders = placeholdersOf(input);
  const expression = input.ProjectionExpression;
  const projection = expression === undefined ? undefined : parseProjection(expression, placeholders);
  placeholders.assertAllUsed();
  const item = findItem(table, keyOfRequest(table.definition, normalizedItem(input.Key ?? {})));
  if (item === undefined) return {};
  return { Item: cloneItem(projection === undefined ? item : project(item, projection)) };
}

/** Everything is visible before the first listener hears of it: one that reads sees a whole transaction. */
function committer(options: Pick<DynamoDbTwinOptions, 'onChange' | 'region'> & { readonly nowMs: () => number }) {
  const { onChange, nowMs, region = 'eu-central-1' } = options;
  const counts = new Map<string, number>();
  return (changes: readonly ItemChange[], expired = false): void => {
    for (const change of changes.filter(applyChange)) {
      const { name } = change.table.definition;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const createdAtMs = nowMs();
      const record = streamRecord(change, { region, nowMs: createdAtMs, count, expired });
      onChange?.({ tableName: name, createdAtMs, record });
    }
  };
}

/** Which transactions were committed under which idempotency token. */
function tokenMemory(nowMs: () => number) {
  const kept = new Map<string, { readonly request: string; readonly atMs: number }>();
  return {
    isRepeat(input: TransactWriteItemsCommandInput): boolean {
      const earlier = kept.get(input.ClientRequestToken ?? '');
      if (earlier === undefined || nowMs() - earlier.atMs >= tokenLifetimeMs) return false;
      if (earlier.request !== JSON.stringify(input)) throw idempotentParameterMismatch();
      return true;
    },
    keep(input: TransactWriteItemsCommandInput): void {
      const { ClientRequestToken: token } = input;
      if (token !== undefined) kept.set(token, { request: JSON.stringify(input), atMs: nowMs() });
    },
  };
}

function expirations(table: TableState, nowMs: number): ItemChange[] {
  const attribute = table.definition.timeToLiveAttribute;
  if (attribute === undefined) return [];
  return [...allItems(table)].flatMap((before) => {
    const epochS = before[attribute]?.N;
    if (epochS === undefined || Number(epochS) * 1000 > nowMs) return [];
    return [{ table, key: keyOfItem(table.definition, before), before, after: undefined }];
  });
}
