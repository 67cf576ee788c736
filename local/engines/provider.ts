/** What may back each service: the embedded engines, or real ones where there are any. */
import { type DynamoDbEngine, startDynamoDb } from './dynamodb.ts';
import type { Engine } from './engine.ts';
import { startSearch } from './search/start-search.ts';

/**
 * `embedded`: needs nothing. `processes`: Amazon's DynamoDB Local and OpenSearch, each as a process of this machine;
 * needs a JDK, and fetches them the first time. `containers`: the same two in containers; needs Docker or the like.
 * Kinesis, S3, SQS and SES are the embedded ones in every case.
 */
export const engineProviders = ['embedded', 'processes', 'containers'] as const;

export type EngineProvider = (typeof engineProviders)[number];

export interface EnginePlace {
  readonly port: number;
  readonly region: string;
}

type Starters<Place, Started> = Readonly<Record<EngineProvider, (place: Place) => Promise<Started>>>;

export interface DynamoDbPlace extends EnginePlace {
  /** Where the embedded one takes the order to sweep expired items. */
  readonly sweepPort: number;
}

/**
 * Makes sure that the provider's engines can be started, and fetches what is not here yet.
 *
 * @throws {Error} saying what is missing and what to do about it
 */
export const prepareProvider: Readonly<Record<EngineProvider, () => Promise<void>>> = {
  embedded: () => Promise.resolve(),
  processes: async () => (await import('./processes/prepare.ts')).prepareProcesses(),
  containers: async () => (await import('./containers/prepare.ts')).prepareContainers(),
};

/** Real engines are loaded only by who asks for them. */
export const dynamoDbStarters: Starters<DynamoDbPlace, DynamoDbEngine> = {
  embedded: startDynamoDb,
  processes: async (place) => (await import('./processes/dynamodb-local.ts')).startDynamoDbLocal(place),
  containers: async (place) => (await import('./containers/dynamodb.ts')).startDynamoDbContainer(place),
};

export const searchStarters: Starters<EnginePlace, Engine> = {
  embedded: startSearch,
  processes: async (place) => (await import('./processes/opensearch.ts')).startOpenSearch(place),
  containers: async (place) => (await import('./containers/search.ts')).startSearchContainer(place),
};
