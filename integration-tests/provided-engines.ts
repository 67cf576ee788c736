import type { DynamoDbEngine } from '../local/engines/dynamodb.ts';
import type { Engine } from '../local/engines/engine.ts';
import { createPortAllocator } from '../local/engines/ports.ts';
import { dynamoDbStarters, type EngineProvider, engineProviders, searchStarters } from '../local/engines/provider.ts';

const ports = createPortAllocator();

/** What backs DynamoDB and OpenSearch in this run of the tests: TRIBUTARY_ENGINES, or the embedded ones. */
export const provider: EngineProvider = chosen(process.env.TRIBUTARY_ENGINES ?? 'embedded');

function chosen(name: string): EngineProvider {
  const found = engineProviders.find((each) => each === name);
  if (found === undefined)
    throw new Error(`TRIBUTARY_ENGINES is "${name}": set it to ${engineProviders.join(' or ')}.`);
  return found;
}

export async function startDynamoDb(region = 'eu-west-1'): Promise<DynamoDbEngine> {
  const [port, sweepPort] = [await ports.take(0), await ports.take(0)];
  return dynamoDbStarters[provider]({ port, sweepPort, region });
}

export async function startSearch(region = 'eu-west-1'): Promise<Engine> {
  return searchStarters[provider]({ port: await ports.take(0), region });
}
