import type { RecordedBatch } from '../batch/recorded-batch.ts';
import { readPosition } from '../change/position.ts';
import { compareSequenceNumbers } from '../change/version.ts';
import { arrivalOf } from './replay-event.ts';
import { OperatorError } from './target.ts';

/** The last record that is replayed: by its sequence number, or those that arrived until a time (milliseconds). */
export type Until = { readonly sequenceNumber: string } | { readonly timeMs: number };

/**
 * The batches up to there. What a batch does not tell the arrival of is kept when it is cut by time.
 *
 * @throws {OperatorError} when no record bears the sequence number
 */
export function batchesUntil(batches: readonly RecordedBatch[], until: Until): readonly RecordedBatch[] {
  if ('timeMs' in until) {
    const isKept = (record: RecordedBatch['records'][number], batch: RecordedBatch) =>
      (arrivalOf({ ...batch, records: [record] }) ?? 0) <= until.timeMs;
    return batches
      .map((batch) => ({ ...batch, records: batch.records.filter((record) => isKept(record, batch)) }))
      .filter(({ records }) => records.length > 0);
  }
  const at = batches.findIndex((batch) => indexIn(batch, until.sequenceNumber) >= 0);
  const last = batches[at];
  if (last === undefined) {
    throw new OperatorError(`No record of the files has the sequence number ${until.sequenceNumber}.`);
  }
  const records = last.records.slice(0, indexIn(last, until.sequenceNumber) + 1);
  return [...batches.slice(0, at), { ...last, records }];
}

function indexIn({ records }: RecordedBatch, sequenceNumber: string): number {
  return records.findIndex(({ record }) => {
    const position = readPosition(record);
    return position !== undefined && compareSequenceNumbers(position.sequenceNumber, sequenceNumber) === 0;
  });
}
