import { readFile } from 'node:fs/promises';
import { totals } from '../functions/aggregates/totals.ts';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { isPipelineError } from '../shared/batch/errors.ts';
import { InvalidBatchFileError, type RecordedBatch } from '../shared/batch/recorded-batch.ts';
import { readBatches } from '../shared/operations/batch-file.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../shared/operations/replay.ts';
import type { StreamConsumerDefinition } from '../shared/runtime/consumer-definition.ts';
import { describeReplay } from './describe-replay.ts';

/**
 * `tributary replay FILE...`: exit code 0 when every record was resolved, 1 when some were not or the consumer refused
 * a batch as a whole, 2 for arguments or files that make no sense.
 */
export async function runReplay(
  files: readonly string[],
  options: { readonly consumer?: string; readonly json: boolean },
): Promise<void> {
  try {
    const result = await replayFiles(files, options.consumer);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : describeReplay(result));
    if (result.batches.some(({ unresolvedFrom }) => unresolvedFrom !== undefined)) process.exitCode = 1;
  } catch (error) {
    if (!(error instanceof UsageError) && !isPipelineError(error)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** What the person at the keyboard can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function replayFiles(files: readonly string[], wanted: string | undefined): Promise<ReplayResult> {
  const batches = (await Promise.all(files.map(readFileBatches))).flat();
  const definition = chooseConsumer(batches, wanted);
  const { create } = await importHandler(definition.name);
  return replay({ definition, create, table, totals, batches, nowMs: Date.now() });
}

async function readFileBatches(file: string): Promise<readonly RecordedBatch[]> {
  try {
    return readBatches(await readFile(file));
  } catch (error) {
    if (error instanceof InvalidBatchFileError) throw new UsageError(`${file}: ${error.message}`);
    if (!(error instanceof Error) || !('code' in error)) throw error;
    throw new UsageError(error.code === 'ENOENT' ? `There is no file ${file}.` : `${file}: ${error.message}`);
  }
}

function chooseConsumer(batches: readonly RecordedBatch[], wanted: string | undefined): StreamConsumerDefinition {
  const consumers = registry.filter((definition) => isStreamConsumer(definition));
  const known = consumers.map(({ name, trigger }) => `${name} (${trigger.kind})`).join(', ');
  const name = wanted ?? batches[0]?.header.mapping;
  if (name === undefined) throw new UsageError(`The file does not name its consumer: add --consumer, one of ${known}.`);
  const definition = consumers.find((consumer) => consumer.name === name);
  if (definition === undefined)
    throw new UsageError(`There is no consumer "${name}" to replay through: take ${known}.`);
  const source = batches.find(({ header }) => header.source !== definition.trigger.kind)?.header.source;
  if (source === undefined) return definition;
  throw new UsageError(
    `${name} reads ${definition.trigger.kind} records, but the file holds ${source} records. There are ${known}.`,
  );
}

function isStreamConsumer(definition: (typeof registry)[number]): definition is StreamConsumerDefinition {
  return definition.trigger.kind !== 'schedule';
}

/** A consumer's folder bears its name; its handler is what is deployed. */
async function importHandler(name: string): Promise<Pick<ReplayOptions, 'create'>> {
  return import(`../functions/${name}/handler.ts`);
}
