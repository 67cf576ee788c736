import { readFile } from 'node:fs/promises';
import { registry } from '../functions/registry.ts';
import { InvalidBatchFileError, type RecordedBatch } from '../shared/batch/recorded-batch.ts';
import { readBatches } from '../shared/operations/batch-file.ts';
import { batchesUntil } from '../shared/operations/replay-until.ts';
import { OperatorError } from '../shared/operations/target.ts';
import { isStreamConsumer, type StreamConsumerDefinition } from '../shared/runtime/consumer-definition.ts';
import { timeMs } from './run-command.ts';

/** All batches of the files, in the order of the arguments. @throws {OperatorError} for what cannot be read */
export async function readFiles(
  files: readonly string[],
  { until, nowMs }: { readonly until: string | undefined; readonly nowMs: number },
): Promise<readonly RecordedBatch[]> {
  const batches = (await Promise.all(files.map(readOne))).flat();
  if (until === undefined) return batches;
  // A year has four digits and a sequence number more than twenty.
  return batchesUntil(batches, /^\d{15,}$/.test(until) ? { sequenceNumber: until } : { timeMs: timeMs(until, nowMs) });
}

async function readOne(file: string): Promise<readonly RecordedBatch[]> {
  try {
    return readBatches(await readFile(file));
  } catch (error) {
    if (error instanceof InvalidBatchFileError) throw new OperatorError(`${file}: ${error.message}`);
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new OperatorError(error.code === 'ENOENT' ? `There is no file ${file}.` : `${file}: ${error.message}`);
  }
}

export function chooseConsumer(
  batches: readonly RecordedBatch[],
  wanted: string | undefined,
): StreamConsumerDefinition {
  const consumers = registry.filter((definition) => isStreamConsumer(definition));
  const known = consumers.map(({ name, trigger }) => `${name} (${trigger.kind})`).join(', ');
  const name = wanted ?? batches[0]?.header.mapping;
  if (name === undefined) {
    throw new OperatorError(`The file does not name its consumer: add --consumer, one of ${known}.`);
  }
  const definition = consumers.find((consumer) => consumer.name === name);
  if (definition === undefined) {
    throw new OperatorError(`There is no consumer "${name}" to replay through: take ${known}.`);
  }
  const source = batches.find(({ header }) => header.source !== definition.trigger.kind)?.header.source;
  if (source === undefined) return definition;
  throw new OperatorError(
    `${name} reads ${definition.trigger.kind} records, but the file holds ${source} records. There are ${known}.`,
  );
}
