import { writeFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { totals } from '../../functions/aggregates/totals.ts';
import { registry } from '../../functions/registry.ts';
import { table } from '../../functions/table.ts';
import { describeCommand, readArguments } from '../../local/command-line.ts';
import { stages } from '../config.ts';
import type { StageConfig } from '../stage-config.ts';
import { costDocument } from './document.ts';
import { estimate } from './estimate.ts';
import { readPrices } from './prices.ts';
import { describeEstimate } from './report.ts';

const command = describeCommand({
  name: 'npm run cost --',
  description: 'What a stage costs a month, with the arithmetic of every position.',
  examples: ['npm run cost -- --writes-per-second 500 --users 5000000'],
})
  .option('--writes-per-second <number>', 'writes to the table, of all regions together', toPositive)
  .option('--users <number>', 'items in the table', toPositive)
  .option('--stage <name>', 'a stage of infra/config.ts; by default the first')
  .option('--document', 'write docs/cost.md anew');

interface Options {
  readonly writesPerSecond?: number;
  readonly users?: number;
  readonly stage?: string;
  readonly document?: true;
}

const { writesPerSecond: writesPerS, users, stage, document } = readArguments(command).opts<Options>();
const parts = { house: { table, registry }, totals, prices: readPrices() };
if (document) {
  const path = new URL('../../docs/cost.md', import.meta.url);
  writeFileSync(path, costDocument(parts));
} else if (writesPerS === undefined || users === undefined) {
  command.error('Say how much there is to do: --writes-per-second and --users.');
} else {
  const { prices } = parts;
  const options = { ...parts, config: chosenStage() };
  process.stdout.write(`${describeEstimate(estimate({ ...options, workload: { writesPerS, users } }), prices)}\n`);
  process.stdout.write(`Prices of ${prices.region}, ${prices.writtenDown}. ${prices.toBeChecked}\n`);
}

function chosenStage(): StageConfig {
  const config = stages.find((each) => stage === undefined || each.stage === stage);
  const known = stages.map((each) => each.stage).join(', ');
  return config ?? command.error(`infra/config.ts has no stage "${stage}"; it has ${known}.`);
}

function toPositive(text: string): number {
  const number = Number(text);
  if (Number.isFinite(number) && number > 0) return number;
  throw new InvalidArgumentError('It must be a number above 0.');
}
