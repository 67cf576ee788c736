import { randomBytes } from 'node:crypto';
import { type Command, Option } from 'commander';
import { table } from '../functions/table.ts';
import type { AttributeMap } from '../shared/change/attribute-value.ts';
import { keyText } from '../shared/change/key-text.ts';
import { type TailFilter, type ToldChange, tail } from '../shared/operations/feed/tail.ts';
import { itemKeys } from '../shared/operations/item-key.ts';
import { maskImage } from '../shared/operations/masking.ts';
import { OperatorError } from '../shared/operations/target.ts';
import { systemClock } from '../shared/runtime/clock.ts';
import { startOf, untilInterrupted } from './feed-options.ts';
import { type CommonOptions, exitCode, exitCodes, print, runCommand, wholeNumber } from './run-command.ts';
import { chooseFeeds } from './target/feeds.ts';

interface TailCommandOptions extends CommonOptions {
  readonly since?: string;
  readonly key?: readonly string[];
  readonly op?: NonNullable<TailFilter['op']>;
  readonly where: readonly string[];
  readonly records?: number;
  readonly region?: string;
  readonly showPii: boolean;
}

const examples = `
Read from Kinesis, beside its consumers: changes come in no promised order, and some come twice.

Examples:
  npx tributary tail --op remove
  npx tributary tail --since 10m --where country=GB --records 20 --json`;

/** `tributary tail`. */
export function addTail(program: Command): void {
  program
    .command('tail')
    .description('tell the changes of the table as they come, until Ctrl-C')
    .option('--since <time>', 'from then on: 10m (ago), 2026-01-31T12:00:00Z or trim-horizon; by default from now on')
    .option('--key <key...>', 'of one item: its partition key, and its sort key where the table has one')
    .addOption(new Option('--op <op>', 'of one kind').choices(['insert', 'modify', 'remove', 'expire']))
    .option(
      '--where <name=value>',
      'where an attribute has this value before or after; may be repeated',
      (text: string, all: readonly string[]) => [...all, text],
      [],
    )
    .option('--records <count>', 'end after so many', wholeNumber)
    .option('--region <region>', 'of one region instead of all')
    .option('--show-pii', 'show personal data as well', false)
    .option('--json', 'print one JSON object for each change instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText('after', `${exitCodes}\n${examples}`)
    .action((options: TailCommandOptions) => runCommand(() => run(options)));
}

async function run(options: TailCommandOptions): Promise<number> {
  const { key, op, where, since, records = Number.POSITIVE_INFINITY, showPii } = options;
  const filter = {
    ...(key === undefined ? {} : { keys: itemKeys(key, table) }),
    ...(op === undefined ? {} : { op }),
    attributes: where.map(condition),
  };
  const maskKey = randomBytes(32);
  const shown = (image: AttributeMap) => (showPii ? image : maskImage(image, { table, key: maskKey }));
  const feeds = await chooseFeeds(options);
  const from = startOf(since, systemClock.nowMs());
  let left = records;
  await untilInterrupted(async (interrupted) => {
    const enough = new AbortController();
    const signal = AbortSignal.any([interrupted, enough.signal]);
    const lanes = feeds.map(async (feed) => {
      for await (const told of tail({ feed, from, filter, table, clock: systemClock, signal })) {
        if (left <= 0) return;
        left -= 1;
        print(options, asJson(told, shown), () => `${describe(told, shown)}\n`);
        if (left <= 0) enough.abort();
      }
    });
    await Promise.all(lanes);
  });
  return exitCode.done;
}

function condition(text: string) {
  const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (name === '') throw new OperatorError(`--where is NAME=VALUE, not "${text}".`);
  return { name, value };
}

type Shown = (image: AttributeMap) => AttributeMap;

function asJson({ change, ...told }: ToldChange, shown: Shown) {
  if (change === undefined) return told;
  const { op, keys, oldImage, newImage } = change;
  return {
    ...{ ...told, op, keys },
    ...(oldImage === undefined ? {} : { oldImage: shown(oldImage) }),
    ...(newImage === undefined ? {} : { newImage: shown(newImage) }),
  };
}

function describe({ region, arrivedAt, change, sequenceNumber }: ToldChange, shown: Shown): string {
  if (change === undefined) return `${arrivedAt}  ${region}  cannot be read  ${sequenceNumber}`;
  const [before, after] = [shown(change.oldImage ?? {}), shown(change.newImage ?? {})];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const parts = names.flatMap((name) => {
    const [was, is] = [plain(before[name]), plain(after[name])];
    if (was === is) return [];
    return [`${name}: ${was === undefined ? '' : `${was} -> `}${is ?? 'gone'}`];
  });
  return [arrivedAt, region, change.op.padEnd(6), keyText(change.keys), parts.join(', ')].join('  ').trimEnd();
}

function plain(value: unknown): string | undefined {
  const [type, content] = Object.entries(Object(value))[0] ?? [];
  if (type === undefined) return undefined;
  return typeof content === 'string' ? content : JSON.stringify(content);
}
