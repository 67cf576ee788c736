import type { Command } from 'commander';
import { type SwitchedMapping, switchMappings } from '../shared/operations/mappings.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand } from './run-command.ts';
import { chooseMappings } from './target/target.ts';

interface SwitchOptions extends CommonOptions {
  readonly region?: string;
  readonly dryRun: boolean;
}

/** `tributary pause|resume CONSUMER`. */
export function addPause(program: Command): void {
  const add = (name: 'pause' | 'resume', description: string) =>
    program
      .command(name)
      .description(description)
      .argument('<consumer>', 'its name in functions/registry.ts')
      .option('--region <region>', 'in one region instead of all')
      .option('--dry-run', 'change nothing: show what would be changed', false)
      .option('--json', 'print one JSON object instead of a text', false)
      .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
      .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary ${name} search-index --region eu-west-1`)
      .action((consumer: string, options: SwitchOptions) =>
        runCommand(() => run({ consumer, to: name === 'pause' ? 'paused' : 'running' }, options)),
      );
  add('pause', 'let a consumer rest: its mapping invokes it no more and keeps its place');
  add('resume', 'let a consumer go on where it was paused');
}

async function run(
  wanted: { readonly consumer: string; readonly to: 'paused' | 'running' },
  options: SwitchOptions,
): Promise<number> {
  const { region, dryRun } = options;
  const mappings = await chooseMappings(options);
  const switched = await switchMappings(mappings, { ...wanted, dryRun, ...(region === undefined ? {} : { region }) });
  print(options, { dryRun, switched }, () => describe(switched, dryRun));
  return exitCode.done;
}

function describe(switched: readonly SwitchedMapping[], dryRun: boolean): string {
  const lines = switched.map(({ region, consumer, from, to }) => {
    return `${region} ${consumer}: ${from === to ? `${to} already` : `${from} -> ${to}`}`;
  });
  return `${[...(dryRun ? ['Dry run, nothing was changed. What would come of it:'] : []), ...lines].join('\n')}\n`;
}
