import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from './program.ts';

interface Leaf {
  /** Such as `dead-letters list`. */
  readonly path: string;
  readonly command: Command;
  readonly help: string;
  readonly options: readonly string[];
}

const leaves = leavesOf(createProgram(), []);
/** They print what a shell evaluates, or go on until they are stopped. */
const withoutJson = ['env'];
/** They change nothing. */
const reading = /^(env|replay|status|alarms|doctor|explain|tail|capture)$|(^| )(list|show)$/;

function leavesOf(command: Command, path: readonly string[]): Leaf[] {
  if (command.commands.length > 0) return command.commands.flatMap((each) => leavesOf(each, [...path, each.name()]));
  return [
    { path: path.join(' '), command, help: helpOf(command), options: command.options.map(({ long }) => long ?? '') },
  ];
}

/** As it is printed, with examples and exit codes. */
function helpOf(command: Command): string {
  let help = '';
  command.configureOutput({ writeOut: (text) => (help += text) });
  command.outputHelp();
  return help;
}

describe.each(leaves)('tributary $path', ({ path, command, help }) => {
  it('says what it does, what its exit codes mean, and how it is called', () => {
    expect(command.description()).not.toBe('');
    expect(help).toContain('Exit codes: 0 ');
    expect(help).toMatch(/Examples?:\n/);
    expect(help.slice(help.search(/Examples?:\n/))).toContain(`npx tributary ${path}`);
  });

  it('says of every argument and option what it is', () => {
    const silent = [...command.options, ...command.registeredArguments].filter(
      ({ description, argChoices }) => description === '' && argChoices === undefined,
    );
    expect(silent.map((each) => ('flags' in each ? each.flags : each.name()))).toEqual([]);
  });
});

it.each(
  leaves.filter(({ path }) => !withoutJson.includes(path)),
)('tributary $path answers programs in JSON', (leaf) => {
  expect(leaf.options).toContain('--json');
});

it.each(leaves.filter(({ path }) => !reading.test(path)))('tributary $path shows what it would change', (leaf) => {
  expect(leaf.options).toContain('--dry-run');
});

describe('tributary', () => {
  it.each([
    { args: ['nothing'], says: 'unknown command' },
    { args: ['status', '--nothing'], says: 'unknown option' },
    { args: ['explain'], says: 'missing required argument' },
  ])('answers $args with 2 and without a stack trace', async ({ args, says }) => {
    const { code, error } = await tributary(args);
    expect(code).toBe(2);
    expect(error).toContain(says);
    expect(error).not.toMatch(/\n {4}at /);
  });
});

function tributary(args: readonly string[]): Promise<{ readonly code: number; readonly error: string }> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], (failure, _out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), error });
    });
  });
}
