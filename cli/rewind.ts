import type { Command } from 'commander';
import type { MappingIdentity } from '../shared/operations/mappings.ts';
import { rewindConsumer } from '../shared/operations/rewind.ts';
import { consumerNamed } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, timeMs } from './run-command.ts';
import { chooseRewinds, chooseTarget } from './target/target.ts';

interface RewindCommandOptions extends CommonOptions {
  readonly to: string;
  readonly region?: string;
  readonly dryRun: boolean;
}

const examples = `
For consumers of Kinesis that take a record twice without harm. One on a stage is not moved: its mapping belongs to the
deployment, and AWS lets nobody change where it starts. There, capture and replay do the same.

Examples:
  npx tributary rewind search-index --to 2h --dry-run
  npx tributary rewind archive --to trim-horizon --region eu-west-1`;

/** `tributary rewind CONSUMER`. */
export function addRewind(program: Command): void {
  program
    .command('rewind')
    .description('let a consumer of Kinesis take again what it has taken since then')
    .argument('<consumer>', 'its name in functions/registry.ts')
    .requiredOption('--to <time>', '2h (ago), 2026-01-31T12:00:00Z, or trim-horizon: the oldest that the stream has')
    .option('--region <region>', 'in one region instead of all')
    .option('--dry-run', 'change nothing: show what would be changed', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n${examples}`)
    .action((consumer: string, options: RewindCommandOptions) => runCommand(() => run(consumer, options)));
}

async function run(consumer: string, options: RewindCommandOptions): Promise<number> {
  const { region, dryRun } = options;
  const isHorizon = options.to.toLowerCase() === 'trim-horizon';
  const to = isHorizon ? ('TRIM_HORIZON' as const) : timeMs(options.to, systemClock.nowMs());
  const target = await chooseTarget(options);
  const rewound = await rewindConsumer(await chooseRewinds(options), {
    ...{ target, definition: consumerNamed(target, consumer), to, dryRun },
    ...(region === undefined ? {} : { region }),
  });
  const from = typeof to === 'number' ? new Date(to).toISOString() : to;
  print(options, { dryRun, from, rewound }, () => describe(rewound, { from, dryRun }));
  return exitCode.done;
}

function describe(
  rewound: readonly MappingIdentity[],
  { from, dryRun }: { readonly from: string; readonly dryRun: boolean },
): string {
  const lines = rewound.map(({ region, consumer }) => `${region} ${consumer}: from ${from}`);
  return `${[...(dryRun ? ['Dry run, nothing was changed. What would come of it:'] : []), ...lines].join('\n')}\n`;
}
