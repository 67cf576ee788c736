import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { Client } from '@opensearch-project/opensearch';
import { type Laptop, startLaptop } from './laptop-process.ts';

/** An `npm start` to which only the test writes, with what an application and a person have of it. */
export interface QuietLaptop {
  readonly laptop: Laptop;
  /** Of the first region, with the variables that `tributary env` prints. */
  readonly dynamodb: DynamoDBClient;
  readonly search: Client;
  /** A command of the CLI, to its end. */
  tributary(...args: readonly string[]): ReturnType<Laptop['run']>;
}

export async function startQuietLaptop(cleanup: AsyncDisposableStack): Promise<QuietLaptop> {
  const laptop = await startLaptop(cleanup, { args: ['--no-traffic'] });
  await laptop.consoleUrl();
  const tributary = (...args: readonly string[]) => laptop.run(['cli/main.ts', ...args]);
  const { out } = await tributary('env');
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const endpoint = /AWS_ENDPOINT_URL_DYNAMODB=(\S+)/.exec(out)?.[1] ?? '';
  const dynamodb = new DynamoDBClient({ endpoint, region: 'eu-west-1', credentials });
  const search = new Client({ node: /SEARCH_ENDPOINT=(\S+)/.exec(out)?.[1] ?? '' });
  cleanup.defer(async () => dynamodb.destroy());
  cleanup.defer(() => search.close());
  return { laptop, dynamodb, search, tributary };
}
