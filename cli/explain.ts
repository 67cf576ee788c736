import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { totals } from '../functions/aggregates/totals.ts';
import { table } from '../functions/table.ts';
import { explain } from '../shared/operations/explain/explain.ts';
import type { Explanation, RegionExplanation } from '../shared/operations/explain/explanation.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { maskImage } from '../shared/operations/masking.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, timeMs } from './run-command.ts';
import { chooseTarget } from './target/target.ts';

interface ExplainCommandOptions extends CommonOptions {
  readonly showPii: boolean;
  readonly since: string;
}

/** `tributary explain KEY`. */
export function addExplain(program: Command): void {
  program
    .command('explain')
    .description('why did user 123 get no email? everything that is known of one item, and what follows from it')
    .argument('<key...>', 'its partition key, and its sort key where the table has one')
    .option('--since <time>', 'how far back the archive is read', '1d')
    .option('--show-pii', 'show personal data as well', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  npx tributary explain u-123 --since 2h`)
    .action((key: string[], options: ExplainCommandOptions) => runCommand(() => run(key, options)));
}

async function run(key: readonly string[], options: ExplainCommandOptions): Promise<number> {
  const keys = itemKeys(key, table);
  const nowMs = systemClock.nowMs();
  const archiveMs = nowMs - timeMs(options.since, nowMs);
  const maskKey = randomBytes(32);
  const explanation = await explain({
    ...{ target: await chooseTarget(options), keys, table, totals, clock: systemClock, archiveMs },
    shown: (image) => (options.showPii ? image : maskImage(image, { table, key: maskKey })),
  });
  print(options, explanation, () => describe(explanation));
  return exitCode.done;
}

function describe({ regions, findings }: Explanation): string {
  const told = findings.length === 0 ? ['Nothing is wrong with it.'] : findings.map((finding) => `- ${finding}`);
  return `${[...told, ...regions.flatMap(describeRegion)].join('\n')}\n`;
}

function describeRegion(explained: RegionExplanation): string[] {
  const { region, item, document, email, countsIn, lost, failures, changes } = explained;
  const image = item.image === undefined ? '' : `  ${JSON.stringify(item.image)}`;
  const counted = countsIn.map(({ total, group, sum }) => `${total} ${group}${sum === undefined ? '' : ` (${sum})`}`);
  return [
    '',
    region,
    `  item       ${item.state}${image}`,
    ...(document === undefined ? [] : [`  document   ${document.state}  ${document.changedAt ?? ''}`.trimEnd()]),
    ...(email === undefined ? [] : [`  email      ${email.state}, ${email.attempts} attempts`]),
    ...counted.map((each) => `  counts in  ${each}`),
    ...lost.map(({ version, reason, at }) => `  lost       ${at}  ${version}  ${reason}`),
    ...failures.map(
      ({ consumer, kind, state, why, key }) => `  failure    ${consumer} ${kind}, ${state}: ${why}  ${key}`,
    ),
    ...changes.map(({ at, op, newImage }) => `  change     ${at}  ${op}  ${JSON.stringify(newImage ?? {})}`),
  ];
}
