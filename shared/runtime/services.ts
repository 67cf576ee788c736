import type { Clock, Random } from '../batch/clock.ts';
import type { DeadLetterStore } from '../batch/dead-letter.ts';
import type { DynamoDb } from '../services/dynamodb/port.ts';
import type { SearchService } from '../services/opensearch/port.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import type { EmailService } from '../services/ses/port.ts';
import type { Config } from './config.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What a function can be connected to. Deployed: real clients; replay, tests and simulation: their twins. */
export interface Connections {
  readonly dynamodb: DynamoDb;
  /** DynamoDB of the other region. */
  readonly remoteDynamodb: DynamoDb;
  readonly search: SearchService;
  readonly email: EmailService;
  /** The bucket that the function declares to use. */
  readonly objects: ObjectStore;
}

/** What every function is given. */
export interface BaseServices {
  readonly config: Config;
  readonly deadLetters: DeadLetterStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What a function that uses these connections is given: `Services<'dynamodb' | 'search'>`. */
export type Services<Used extends keyof Connections = never> = BaseServices & Pick<Connections, Used>;

/** The part of Lambda's context that the pipeline looks at. */
export interface InvocationContext {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export type Invoke<Response = unknown> = (event: unknown, context: InvocationContext) => Promise<Response>;
