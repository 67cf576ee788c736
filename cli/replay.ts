import { readFile } from 'node:fs/promises';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { decodeImage } from '../shared/change/decode.ts';
import { readBatches } from '../shared/operations/batch-file.ts';
import { InvalidBatchFileError, type RecordedBatch } from '../shared/operations/recorded-batch.ts';
import { type Effect, type ReplayOptions, type ReplayResult, replay } from '../shared/operations/replay.ts';
import type { StreamConsumerDefinition } from '../shared/runtime/consumer-definition.ts';

/** `tributary replay FILE...`: exit code 0 when every batch was replayed, 2 for arguments or files that make no sense. */
export async function runReplay(files: readonly string[], options: { consumer?: string }): Promise<void> {
  try {
    const batches = (await Promise.all(files.map(readFileBatches))).flat();
    const definition = chooseConsumer(batches, options.consumer);
    const { create } = await importHandler(definition.name);
    const result = await replay({ definition, create, table, batches, nowMs: Date.now() });
    process.stdout.write(describe(definition.name, result));
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 2;
  }
}

/** What the person at the keyboard can put right. */
class UsageError extends Error {
  override readonly name = 'UsageError';
}

async function readFileBatches(file: string): Promise<readonly RecordedBatch[]> {
  try {
    return readBatches(await readFile(file));
  } catch (error) {
    if (error instanceof InvalidBatchFileError) throw new UsageError(`${file}: ${error.message}`);
    if (error instanceof Error && 'code' in error) throw new UsageError(`${file} cannot be read: ${error.message}`);
    throw error;
  }
}

function chooseConsumer(batches: readonly RecordedBatch[], wanted: string | undefined): StreamConsumerDefinition {
  const consumers = registry.filter((definition) => isStreamConsumer(definition));
  const known = consumers.map(({ name }) => name).join(', ');
  const name = wanted ?? batches[0]?.header.mapping;
  if (name === undefined) throw new UsageError(`The file does not name its consumer: add --consumer, one of ${known}.`);
  const definition = consumers.find((consumer) => consumer.name === name);
  if (definition === undefined) throw new UsageError(`There is no consumer "${name}"; there are ${known}.`);
  const source = batches.find(({ header }) => header.source !== definition.trigger.kind)?.header.source;
  if (source !== undefined) {
    throw new UsageError(`${name} reads ${definition.trigger.kind} records; the file holds ${source} records.`);
  }
  return definition;
}

function isStreamConsumer(definition: (typeof registry)[number]): definition is StreamConsumerDefinition {
  return definition.trigger.kind !== 'schedule';
}

/** A consumer's folder bears its name; its handler is what is deployed. */
async function importHandler(name: string): Promise<Pick<ReplayOptions, 'create'>> {
  return import(`../functions/${name}/handler.ts`);
}

function describe(consumer: string, { batches, effects }: ReplayResult): string {
  const lines = batches.map(({ records, outcomes, unresolvedFrom }, position) => {
    const counts = Object.entries(outcomes).map(([metric, count]) => `${metric} ${count}`);
    const rest = unresolvedFrom === undefined ? 'all resolved' : `unresolved from ${unresolvedFrom} on`;
    return `batch ${position + 1}: ${records} records through ${consumer}, ${rest}; ${counts.join(', ')}`;
  });
  const listed = effects.map((effect) => `  ${describeEffect(effect)}`);
  return `${[...lines, `${effects.length} effects:`, ...listed].join('\n')}\n`;
}

function describeEffect(effect: Effect): string {
  switch (effect.kind) {
    case 'row':
      return `row in ${effect.table}: ${JSON.stringify(decodeImage(effect.item, 'item'))}`;
    case 'document':
      return `document ${effect.id}: ${JSON.stringify(effect.document)}`;
    case 'email':
      return `email to ${effect.to}: ${effect.subject}`;
    case 'deadLetter':
      return `dead letter of ${effect.sequenceNumber}: ${effect.code}, ${effect.message}`;
  }
}
