import { fetchDynamoDbLocal } from './dynamodb-local.ts';
import { findJava } from './java.ts';
import { fetchOpenSearch } from './opensearch.ts';

/** @throws {Error} saying what to install, or what could not be fetched. */
export async function prepareProcesses(): Promise<void> {
  const java = await findJava();
  await fetchDynamoDbLocal();
  await fetchOpenSearch(java);
}
