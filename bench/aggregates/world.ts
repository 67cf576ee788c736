import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { readTable } from '../../local/demo/checkers/read-tables.ts';
import { startDynamoDb } from '../../local/engines/dynamodb.ts';
import { createPortAllocator } from '../../local/engines/ports.ts';
import { createTable } from '../../local/pipeline/resources.ts';
import { type Cost, meterOf } from './meter.ts';
import { powertoolsTables } from './powertools.ts';
import { tributaryTables } from './tributary.ts';

/** Contenders of ours: what each one meets is told by its name. */
export const ours = ['plain', 'poisoned', 'clean', 'crashed'] as const;

export interface World {
  readonly client: DynamoDBClient;
  readonly cost: () => Readonly<Cost>;
  /** The longest item of all tables, as JSON: an upper bound of its size in bytes. */
  longestItem(): Promise<number>;
  stop(): Promise<void>;
}

/** The embedded DynamoDB with the tables of all contenders, and one client, metered. */
export async function startWorld(): Promise<World> {
  const ports = createPortAllocator();
  const engine = await startDynamoDb({ port: await ports.take(0), sweepPort: await ports.take(0) });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const region = 'eu-west-1';
  const tables = [...powertoolsTables, ...ours.flatMap(tributaryTables)];
  const creating = new DynamoDBClient({ endpoint: engine.url, region, credentials });
  for (const table of tables) await createTable(creating, table);
  const client = new DynamoDBClient({ endpoint: engine.url, region, credentials, maxAttempts: 3 });
  return {
    client,
    cost: meterOf(client),
    longestItem: async () => {
      let longest = 0;
      for (const { name } of tables) {
        for (const item of await readTable(creating, name)) longest = Math.max(longest, JSON.stringify(item).length);
      }
      return longest;
    },
    stop: async () => {
      for (const each of [creating, client]) each.destroy();
      await engine.stop();
    },
  };
}
