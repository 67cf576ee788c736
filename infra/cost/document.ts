import { assumptions, durationTable } from './assumptions.ts';
import { documentedStage } from './documented-stage.ts';
import { type EstimateOptions, estimate } from './estimate.ts';
import { describeEstimate, describeSizes } from './report.ts';

/** The sizes that `docs/cost.md` shows. */
export const documentedWorkloads = [
  { writesPerS: 10, users: 100_000 },
  { writesPerS: 500, users: 5_000_000 },
  { writesPerS: 50_000, users: 100_000_000 },
] as const;

/** `docs/cost.md`, whole: written by `npm run cost -- --document`, and held to what the code computes by a test. */
export function costDocument(parts: Omit<EstimateOptions, 'workload' | 'config'>): string {
  const config = documentedStage;
  const options = { ...parts, config };
  const { prices } = parts;
  const { kinesis } = config;
  const sources = [...new Set(Object.values(prices.prices).map(({ source }) => source))].toSorted();
  const estimates = documentedWorkloads.map((workload) => estimate({ ...options, workload }));
  return [
    '# What it costs',
    '',
    'Written by `npm run cost -- --document` from `infra/cost/prices.json`, the definitions and the totals,',
    'for the stage that the project comes with. For your own stage and load:',
    '`npm run cost -- --writes-per-second W --users U`.',
    '',
    `- **Prices**: ${prices.region}, ${prices.currency}, written down on ${prices.writtenDown}.`,
    `  ${prices.toBeChecked}`,
    `- **Configuration**: stage \`${config.stage}\`, ${config.regions.length} region(s), priced as ${prices.region},`,
    `  replication \`${config.replication}\`, Kinesis \`${kinesis.mode}\` kept for ${config.kinesisRetentionH} h.`,
    '- **Load**: steady, writes of all regions together; each region’s table and pipeline sees all of them.',
    '- Nothing of this was measured on AWS. Left out because they cost next to nothing here: reads of DynamoDB streams',
    '  by Lambda (free), dead letters and failure objects, requests for keys, your own reads.',
    '',
    ...describeSizes(estimates, prices),
    ...estimates.map((each) => describeEstimate(each, prices)),
    '## What is taken for granted',
    '',
    '| value | what |',
    '|---:|---|',
    ...Object.values(assumptions).map(({ value, meaning }) => `| ${value.toLocaleString('en-US')} | ${meaning} |`),
    ...Object.entries(durationTable).map(
      ([strategy, { fixedMs, perRecordMs }]) =>
        `| ${fixedMs} ms + ${perRecordMs} ms a record | an invocation of a consumer of the kind ${strategy} |`,
    ),
    '',
    '## Where the prices are from',
    '',
    ...sources.map((source) => `- ${source}`),
    '',
  ].join('\n');
}
