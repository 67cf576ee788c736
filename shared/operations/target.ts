import type { Config } from '../runtime/config.ts';
import type { ConsumerDefinition } from '../runtime/consumer-definition.ts';
import type { Connections } from '../runtime/services.ts';
import type { TableStream } from '../services/dynamodb-streams/port.ts';
import type { IndexAdmin } from '../services/opensearch/index-admin.ts';
import type { ObjectStore } from '../services/s3/port.ts';
import type { WorkQueue } from '../services/sqs/port.ts';

/** What is operated: the pipeline on this machine, or a deployed stage. */
export interface Target {
  /** `laptop`, or the name of the stage. */
  readonly name: string;
  /** The first is the home of what exists once. */
  readonly regions: readonly TargetRegion[];
}

/** What of a region tells of its failures. */
export type FailureKeeper = Pick<TargetRegion, 'name' | 'failures' | 'consumerOf'>;

export interface TargetRegion {
  readonly name: string;
  /** What runs here. */
  readonly consumers: readonly ConsumerDefinition[];
  /** The bucket of dead letters and of what mappings gave up on. */
  readonly failures: ObjectStore;
  /** The queue of notices of dead letters. */
  readonly notices: WorkQueue;
  /** The stream of the table, for reads now and then. */
  readonly stream: TableStream;
  /** How many items the table has, about: DynamoDB counts them every six hours. Undefined where nobody counts. */
  itemCount(): Promise<number | undefined>;
  /** What the function is told by its environment where it runs. */
  configOf(definition: ConsumerDefinition): Config;
  /** The services that the function is connected to where it runs. */
  connectionsOf(definition: ConsumerDefinition): Connections;
  /** For making and removing indices beside the one that the function writes to. */
  indexAdminOf(definition: ConsumerDefinition): IndexAdmin;
  /** The consumer whose function bears this ARN; undefined for a function of somebody else. */
  consumerOf(functionArn: string): string | undefined;
}

/** What a person at the keyboard can put right: told in one line, without a stack trace. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
}

/** @throws {OperatorError} naming the consumers that there are */
export function consumerNamed(target: Target, name: string): ConsumerDefinition {
  const known = new Map(target.regions.flatMap(({ consumers }) => consumers.map((each) => [each.name, each] as const)));
  const found = known.get(name);
  if (found !== undefined) return found;
  throw new OperatorError(`${target.name} runs no consumer "${name}". There are ${[...known.keys()].join(', ')}.`);
}
