/** Sends the planned writes as any application would: with the plain SDK client, several at once. */
import {
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { Step, Write } from './workload.ts';

export interface SendOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  readonly steps: readonly Step[];
  /** Requests in flight at once. */
  readonly concurrency: number;
  readonly signal: AbortSignal;
}

/**
 * Resolves when all writes are in the table. Writes of one user are sent one after the other.
 *
 * @throws {Error} naming the user whose write failed; the others are abandoned.
 */
export async function sendWorkload(options: SendOptions): Promise<void> {
  const { client, table, steps, concurrency, signal } = options;
  const lastOfUser = new Map<string, Promise<void>>();
  const queue = steps.values();

  // Lanes take steps in order, so whatever a step waits for was taken before it: they cannot wait for each other.
  const lane = async (): Promise<void> => {
    for (const step of queue) {
      signal.throwIfAborted();
      const before = step.map(({ id }) => lastOfUser.get(id));
      const done = Promise.all(before).then(() => send(client, table, step));
      for (const { id } of step) lastOfUser.set(id, done);
      await done;
    }
  };
  await Promise.all(Array.from({ length: concurrency }, lane));
}

async function send(client: DynamoDBClient, table: string, step: Step): Promise<void> {
  const [write, ...others] = step;
  try {
    if (others.length > 0) {
      await client.send(
        new TransactWriteItemsCommand({ TransactItems: step.map((each) => toTransactItem(table, each)) }),
      );
    } else if (write.kind === 'put') await client.send(new PutItemCommand(toPut(table, write)));
    else if (write.kind === 'update') await client.send(new UpdateItemCommand(toUpdate(table, write)));
    else await client.send(new DeleteItemCommand(toDelete(table, write)));
  } catch (cause) {
    throw new Error(`The demo could not write ${step.map(({ kind, id }) => `${kind} ${id}`).join(', ')}`, { cause });
  }
}

function toTransactItem(table: string, write: Write) {
  if (write.kind === 'put') return { Put: toPut(table, write) };
  return write.kind === 'update' ? { Update: toUpdate(table, write) } : { Delete: toDelete(table, write) };
}

function toPut(table: string, write: Extract<Write, { kind: 'put' }>) {
  return { TableName: table, Item: write.item };
}

/** The condition turns a mistake in the order of a user's writes into an error instead of a half-filled item. */
function toUpdate(table: string, write: Extract<Write, { kind: 'update' }>) {
  const names = Object.keys(write.set);
  return {
    TableName: table,
    Key: { id: { S: write.id } },
    UpdateExpression: `SET ${names.map((_, at) => `#a${at} = :v${at}`).join(', ')}`,
    ConditionExpression: 'attribute_exists(id)',
    ExpressionAttributeNames: Object.fromEntries(names.map((name, at) => [`#a${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(Object.values(write.set).map((value, at) => [`:v${at}`, value])),
  };
}

function toDelete(table: string, write: Extract<Write, { kind: 'delete' }>) {
  return { TableName: table, Key: { id: { S: write.id } } };
}
