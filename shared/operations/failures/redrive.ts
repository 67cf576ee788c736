import type { StreamConsumerDefinition } from '../../runtime/consumer-definition.ts';
import type { StreamResponse } from '../../runtime/create-stream-handler.ts';
import type { Connections, Invoke, Services } from '../../runtime/services.ts';
import type { OperatedConsumer } from '../operated-services.ts';
import type { FailedRecord, Verdict } from './verdict.ts';

/**
 * How the failures of one consumer are brought in. Every method is safe to repeat: none applies a record twice, or
 * writes over what is newer. Verdicts are in the order of the records.
 */
export interface Redrive {
  /** Dead letters: each is a record that its consumer gave up on by itself. */
  records(failed: readonly FailedRecord[]): Promise<readonly Verdict[]>;
  /** All records of one failure object: a batch that the mapping gave up on. */
  batch(failed: readonly FailedRecord[]): Promise<readonly Verdict[]>;
  /**
   * Settles records without their effects. Absent where nothing has to be remembered, because nothing but a redrive
   * would ever look at the record again.
   */
  readonly discard?: {
    records(failed: readonly FailedRecord[]): Promise<readonly Verdict[]>;
    batch(failed: readonly FailedRecord[]): Promise<readonly Verdict[]>;
  };
}

export type CreateRedrive = (operated: OperatedConsumer) => Redrive;

/** A consumer's own handler, as it is deployed. */
export type CreateHandler = (services: Services<keyof Connections>) => Invoke<StreamResponse>;

/** What a redrive needs to know of the consumers: the registry, and beside it how each takes its failures. */
export interface RedriveSources {
  /** Consumers whose failures take another way than through their handler. */
  readonly redrives: Readonly<Record<string, CreateRedrive>>;
  handlerOf(definition: StreamConsumerDefinition): Promise<CreateHandler>;
}
