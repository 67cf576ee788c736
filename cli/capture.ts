import { randomBytes } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { table } from '../functions/table.ts';
import { type RecordedBatch, writeBatchFile } from '../shared/batch/recorded-batch.ts';
import { readPosition } from '../shared/change/position.ts';
import { capture } from '../shared/operations/feed/capture.ts';
import { maskRecord } from '../shared/operations/masking.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { startOf, untilInterrupted } from './feed-options.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, timeMs, wholeNumber } from './run-command.ts';
import { chooseFeeds } from './target/feeds.ts';

interface CaptureCommandOptions extends CommonOptions {
  readonly region?: string;
  readonly since?: string;
  readonly for: string;
  readonly records: number;
  readonly consumer?: string;
  readonly out: string;
  readonly showPii: boolean;
}

const examples = `
A file for each shard, which \`tributary replay\` reads. Personal attributes are masked as functions/table.ts says:
equal values stay equal within one capture. Nothing is taken from any consumer.

Examples:
  npx tributary capture --since 10m --consumer search-index
  npx tributary capture --for 60s --records 500 --out incident-42`;

/** `tributary capture`. */
export function addCapture(program: Command): void {
  program
    .command('capture')
    .description('keep what arrives in Kinesis as batch files, personal data masked')
    .option('--since <time>', 'from then on: 10m (ago), 2026-01-31T12:00:00Z or trim-horizon; by default from now on')
    .option('--for <time>', 'how long to read', '10s')
    .option('--records <count>', 'records at most, in each region', wholeNumber, 1_000)
    .option('--consumer <name>', 'the consumer that a replay of the files takes when it is told none')
    .option('--region <region>', 'from one region instead of all')
    .option('--out <folder>', 'where the files go', 'captured')
    .option('--show-pii', 'keep personal data as well: such files belong nowhere', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n${examples}`)
    .action((options: CaptureCommandOptions) => runCommand(() => run(options)));
}

async function run(options: CaptureCommandOptions): Promise<number> {
  const { since, records: most, consumer, showPii, out } = options;
  const nowMs = systemClock.nowMs();
  const forMs = nowMs - timeMs(options.for, nowMs);
  const key = randomBytes(32);
  const feeds = await chooseFeeds(options);
  const captured = await untilInterrupted((signal) =>
    Promise.all(
      feeds.map((feed) =>
        capture({
          ...{ feed, from: startOf(since, nowMs), most, forMs, clock: systemClock, signal },
          ...(consumer === undefined ? {} : { consumer }),
          kept: (record) => (showPii ? record : maskRecord(record, { table, key })),
          redaction: showPii ? 'none' : 'masked',
        }).then((batches) => batches.map((batch) => ({ batch, region: feed.region }))),
      ),
    ),
  );
  await mkdir(out, { recursive: true });
  const files: { readonly file: string; readonly records: number }[] = [];
  for (const { batch, region } of captured.flat()) {
    const file = join(out, `${region}-${batch.header.shardId}-${firstOf(batch)}.jsonl`);
    await writeFile(file, writeBatchFile(batch));
    files.push({ file, records: batch.records.length });
  }
  print(options, { files }, () =>
    files.length === 0
      ? 'Nothing arrived.\n'
      : files.map(({ file, records }) => `${file}  ${records} records\n`).join(''),
  );
  return files.length === 0 ? exitCode.left : exitCode.done;
}

function firstOf({ records }: RecordedBatch): string {
  return readPosition(records[0]?.record, undefined)?.sequenceNumber ?? 'empty';
}
