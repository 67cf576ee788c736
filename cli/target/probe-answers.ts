import type { DescribeTableCommandOutput } from '@aws-sdk/client-dynamodb';

/** Undefined when there is no such table. */
export async function tableStatusOf(described: Promise<DescribeTableCommandOutput>): Promise<string | undefined> {
  try {
    return (await described).Table?.TableStatus;
  } catch (error) {
    if (error instanceof Error && error.name === 'ResourceNotFoundException') return undefined;
    throw error;
  }
}

/** As OpenSearch (`green`) and its service (`Green`) word it. */
export function readHealth(status: unknown): 'green' | 'yellow' | 'red' {
  const health = String(status).toLowerCase();
  if (health === 'green' || health === 'yellow' || health === 'red') return health;
  throw new Error(`Search says that it is ${health}.`);
}
