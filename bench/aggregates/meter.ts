import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';

export interface Cost {
  requests: number;
  /** Write capacity units of items that are below 1 kB: one for each write, two in a transaction; refused ones too. */
  writeUnits: number;
}

/** Counts what a client sends, attempt by attempt. The counts go on: compare two readings. */
export function meterOf(client: DynamoDBClient): () => Readonly<Cost> {
  const cost: Cost = { requests: 0, writeUnits: 0 };
  client.middlewareStack.add(
    (next, context) => (args) => {
      cost.requests += 1;
      cost.writeUnits += unitsOf(String(context.commandName), args.input);
      return next(args);
    },
    { name: 'meter', step: 'deserialize', priority: 'high' },
  );
  return () => ({ ...cost });
}

function unitsOf(command: string, input: object): number {
  if (['PutItemCommand', 'UpdateItemCommand', 'DeleteItemCommand'].includes(command)) return 1;
  if (command === 'TransactWriteItemsCommand' && 'TransactItems' in input && Array.isArray(input.TransactItems))
    return 2 * input.TransactItems.length;
  if (['GetItemCommand', 'QueryCommand', 'ScanCommand'].includes(command)) return 0;
  throw new Error(`What does ${command} cost? Say so in bench/aggregates/meter.ts.`);
}
