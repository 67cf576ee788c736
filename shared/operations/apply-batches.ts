import type { RecordedBatch } from '../batch/recorded-batch.ts';
import { readPosition } from '../change/position.ts';
import type { StreamConsumerDefinition } from '../runtime/consumer-definition.ts';
import { createRedrive } from './failures/create-redrive.ts';
import type { RedriveSources } from './failures/redrive.ts';
import type { FailedRecord, Verdict } from './failures/verdict.ts';
import { type OperateOptions, operateConsumer } from './operated-services.ts';
import { OperatorError, type TargetRegion } from './target.ts';

export interface ApplyOptions extends OperateOptions {
  readonly region: TargetRegion;
  readonly definition: StreamConsumerDefinition;
  readonly batches: readonly { readonly name: string; readonly batch: RecordedBatch }[];
  readonly sources: RedriveSources;
}

export interface AppliedRecord extends Verdict {
  readonly region: string;
  readonly consumer: string;
  /** What the batch is called by the caller, such as its file. */
  readonly key: string;
  readonly sequenceNumber: string;
}

/**
 * Brings recorded batches into a real target as failures are brought in: never over newer state, never twice. Safe to
 * repeat.
 *
 * @throws {OperatorError} for batches whose effects would not be those of the records
 */
export async function applyBatches(options: ApplyOptions): Promise<readonly AppliedRecord[]> {
  const { region, definition, batches, sources } = options;
  for (const { name, batch } of batches) assertApplicable(name, batch, definition);
  const operated = operateConsumer(definition, region, options);
  const redrive = await createRedrive({ definition, operated }, sources);
  const applied: AppliedRecord[] = [];
  for (const { name, batch } of batches) {
    const failed = batch.records.map(({ record }) => failedRecord(name, record, batch.header.shardId));
    const verdicts = await redrive.batch(failed);
    applied.push(
      ...failed.map(({ position: { sequenceNumber } }, at) => ({
        ...{ region: region.name, consumer: definition.name, key: name, sequenceNumber },
        ...(verdicts[at] ?? { kind: 'unresolved' as const, reason: 'no verdict' }),
      })),
    );
  }
  return applied;
}

function failedRecord(name: string, record: unknown, shardId: string | undefined): FailedRecord {
  const position = readPosition(record, shardId);
  if (position === undefined) throw new OperatorError(`${name}: a record has no sequence number.`);
  return { position, record };
}

function assertApplicable(name: string, { header }: RecordedBatch, definition: StreamConsumerDefinition): void {
  if (header.redaction === 'masked') {
    throw new OperatorError(
      `${name} is masked: its effects would be masked as well. Only a whole recording is applied.`,
    );
  }
  if (definition.strategy === 'range' && header.shardId === undefined) {
    throw new OperatorError(
      `${name} does not tell its shard, by which ${definition.name} knows what it has counted: take the object that ` +
        'the mapping left in the failure bucket, or use `tributary backfill`.',
    );
  }
}
