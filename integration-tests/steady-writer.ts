import { setTimeout as delay } from 'node:timers/promises';
import { DeleteItemCommand, type DynamoDBClient, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

interface SteadyWriterOptions {
  readonly client: DynamoDBClient;
  readonly ids: readonly string[];
  readonly writesPerS: number;
}

export interface SteadyWriter {
  /** Goes on writing until `pause`. */
  resume(): void;
  /** Resolves when no write is under way. */
  pause(): Promise<void>;
  /** So far. */
  writes(): number;
  /** So far, over the time in which it was not paused. */
  writesPerS(): number;
}

const lanes = 8;
export const plans = ['free', 'pro'] as const;
export const countries = ['DE', 'FR', 'GB', 'IT', 'JP'] as const;

/** Writes users all over the table at a steady rate: new ones, changes of group and sum, deletions. */
export function steadyWriter({ client, ids, writesPerS }: SteadyWriterOptions): SteadyWriter {
  let writes = 0;
  let [writtenMs, resumedAtMs] = [0, 0];
  let isWriting = false;
  let running: Promise<unknown> = Promise.resolve();

  async function write(number: number): Promise<void> {
    // Primes keep id, action and group from going in step.
    const key = { TableName: 'users', Key: { id: { S: ids[(number * 7919) % ids.length] ?? '' } } };
    const country = { S: countries[(number * 31) % countries.length] ?? '' };
    const balance = { N: String((number * 17) % 1000) };
    if (number % 10 === 0) return void (await client.send(new DeleteItemCommand(key)));
    if (number % 3 === 0) {
      return void (await client.send(
        new UpdateItemCommand({
          ...key,
          UpdateExpression: 'SET country = :country, balance = :balance',
          ExpressionAttributeValues: { ':country': country, ':balance': balance },
        }),
      ));
    }
    const Item = {
      ...key.Key,
      country,
      balance,
      email: { S: 'somebody@example.com' },
      plan: { S: plans[(number * 13) % plans.length] ?? '' },
    };
    await client.send(new PutItemCommand({ TableName: key.TableName, Item }));
  }

  /** What a slow moment held up is made up for. */
  async function lane(since: { readonly atMs: number; readonly writes: number }): Promise<void> {
    while (isWriting) {
      const number = writes;
      writes += 1;
      const dueAtMs = since.atMs + ((number - since.writes) * 1000) / writesPerS;
      await delay(Math.max(0, dueAtMs - performance.now()));
      await write(number);
    }
  }

  return {
    resume: () => {
      if (isWriting) return;
      isWriting = true;
      resumedAtMs = performance.now();
      const since = { atMs: resumedAtMs, writes };
      running = Promise.all(Array.from({ length: lanes }, () => lane(since)));
    },
    pause: async () => {
      if (!isWriting) return;
      isWriting = false;
      await running;
      writtenMs += performance.now() - resumedAtMs;
    },
    writes: () => writes,
    writesPerS: () => (writes * 1000) / (writtenMs + (isWriting ? performance.now() - resumedAtMs : 0)),
  };
}
