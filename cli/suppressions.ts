import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { maskAddress } from '../shared/operations/masking.ts';
import { listSuppressed, unsuppress } from '../shared/operations/suppressed-addresses.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand } from './run-command.ts';
import { chooseTarget } from './target/target.ts';

/** `tributary suppressions list|remove`. */
export function addSuppressions(program: Command): void {
  const suppressions = program
    .command('suppressions')
    .description('addresses that nothing is sent to any more, because they bounced for good or complained')
    .addHelpText('after', exitCodes);
  suppressions
    .command('list')
    .description('list them, masked')
    .option('--show-pii', 'show the addresses', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary suppressions list --show-pii`)
    .action((options: CommonOptions & { readonly showPii: boolean }) => runCommand(() => list(options)));
  suppressions
    .command('remove')
    .description('let mails be sent to an address again; what was not sent to it stays unsent')
    .argument('<address>', 'the whole address')
    .option('--dry-run', 'change nothing: show what would be changed', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary suppressions remove ada@example.com --dry-run`)
    .action((address: string, options: CommonOptions & { readonly dryRun: boolean }) =>
      runCommand(() => remove(address, options)),
    );
}

async function list(options: CommonOptions & { readonly showPii: boolean }): Promise<number> {
  const key = randomBytes(32);
  const listed = await listSuppressed(await chooseTarget(options));
  const shown = listed.map((each) => (options.showPii ? each : { ...each, address: maskAddress(each.address, key) }));
  print(options, { suppressions: shown }, () =>
    shown.length === 0 ? 'None.\n' : inColumns(shown.map(({ region, reason, address }) => [region, reason, address])),
  );
  return exitCode.done;
}

async function remove(address: string, options: CommonOptions & { readonly dryRun: boolean }): Promise<number> {
  const { dryRun } = options;
  const changes = await unsuppress(await chooseTarget(options), { address, dryRun });
  const what = dryRun ? 'Dry run, nothing was changed. It would be removed' : 'Removed';
  print(options, { dryRun, changes }, () => `${what} in ${changes.map(({ region }) => region).join(', ')}.\n`);
  return exitCode.done;
}
