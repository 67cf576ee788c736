import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Laptop, startLaptop } from './laptop-process.ts';

const root = join(import.meta.dirname, '..');
const runbook = await readFile(join(root, 'docs/operate.md'), 'utf8');

/** Code blocks of the document with this word after the three ticks, each as it stands there, once. */
function blocksOf(kind: string): readonly string[] {
  const blocks = [...runbook.matchAll(/^```([a-z ]*)\n([\s\S]*?)^```$/gm)];
  return [...new Set(blocks.flatMap(([, found, text = '']) => (found === kind ? [text] : [])))];
}

const cleanup = new AsyncDisposableStack();
let laptop: Laptop;
let environment: NodeJS.ProcessEnv;
/** Stands in for the checkout, so that files which blocks write are gone with it. */
let folder: string;

beforeAll(async () => {
  laptop = await startLaptop(cleanup, { args: ['--no-traffic'] });
  await laptop.consoleUrl();
  folder = await mkdtemp(join(tmpdir(), 'operate-itest-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  // What `npx tributary` starts in the end, without asking npm about it each time.
  const npx = `#!/bin/sh\nshift\nexec "${process.execPath}" "${join(root, 'cli/main.ts')}" "$@"\n`;
  await writeFile(join(folder, 'npx'), npx);
  await chmod(join(folder, 'npx'), 0o755);
  for (const name of ['fixtures', 'node_modules']) await symlink(join(root, name), join(folder, name));
  environment = {
    ...laptop.environment,
    PATH: `${folder}:${join(process.execPath, '..')}:${process.env.PATH}`,
    ID: 'drill-1',
  };
}, 180_000);

afterAll(() => cleanup.disposeAsync());

interface Ran {
  readonly out: string;
  readonly error: string;
  /** Commands that did not answer 0: `CODE COMMAND`. */
  readonly failed: readonly string[];
}

const trap = 'trap \'echo "FAILED $? $BASH_COMMAND" >&2\' ERR\n';

/** A block that waits for ever is a mistake of the page. */
const blockLimitS = 300;
/** What `timeout` answers then. */
const cutOff = 124;

/** The text in one shell, as somebody who pastes it. */
function shell(text: string): Promise<Ran> {
  return new Promise((resolve) => {
    const args = [String(blockLimitS), 'bash', '-c', `${trap}${text}`];
    execFile('timeout', args, { cwd: folder, env: environment }, (failure, out, error) => {
      const failed = [...error.matchAll(/^FAILED (\d+ .*)$/gm)].map(([, command = '']) => command);
      const isCut = failure !== null && Number(failure.code) === cutOff;
      resolve({ out, error, failed: isCut ? [...failed, `${cutOff} and did not end`] : failed });
    });
  });
}

async function alarmsThatAreOn(): Promise<readonly string[]> {
  const { out } = await laptop.run(['cli/main.ts', 'alarms', '--json']);
  const { alarms } = JSON.parse(out) as { readonly alarms: readonly { readonly name: string }[] };
  return alarms.map(({ name }) => name);
}

/** Blocks that are for a pipeline in which nothing is broken, each of whose commands then answers 0. */
const isOfWell = (text: string) => /tributary (audit|backfill|capture|forget|reindex|replay|rewind|tail)/.test(text);

const patience = { timeout: 180_000, interval: 500 };
const [prelude = '', block = '', mend = '', poison = '', redrive = ''] = blocksOf('sh drill');

describe('docs/operate.md on a laptop', { timeout: 1_200_000 }, () => {
  it('the drill: search takes no writes, the alarms of it go on, and off when it is mended', async () => {
    expect(await shell(`${prelude}${block}`)).toMatchObject({ failed: [], error: '' });
    await expect
      .poll(alarmsThatAreOn, patience)
      .toEqual(expect.arrayContaining(['search-writes-blocked', 'iterator-age-search-index', 'users-affected']));
    const looked = await shell(`${prelude}${mend}`);
    expect(looked.failed).toEqual(['1 npx tributary alarms', '1 npx tributary status']);
    expect(looked.out).toContain('docs/operate.md#iterator-age');
    await expect.poll(alarmsThatAreOn, patience).toEqual([]);
    expect((await shell('npx tributary explain drill-1')).out).toMatch(/document +current/);
  });

  it('the drill: a record that is refused rings, and is settled when its item is mended', async () => {
    expect(await shell(`${prelude}${poison}`)).toMatchObject({ failed: [], error: '' });
    await expect.poll(alarmsThatAreOn, patience).toContain('dead-letters-present');
    const ran = await shell(`${prelude}${redrive}`);
    expect(ran.out).toContain('search-index');
    expect(
      ran.failed.filter((command) => !/^1 npx tributary (status|dead-letters (redrive|discard))/.test(command)),
    ).toEqual([]);
    expect(ran.out).toContain('refused again');
    // What was on its way to the other region is refused there a little later.
    const discard = async () => (await shell('npx tributary dead-letters discard --consumer search-index')).out;
    await expect
      .poll(async () => `${await discard()}${(await alarmsThatAreOn()).join()}`, patience)
      .toBe('Nothing is pending there.\n');
    await expect
      .poll(async () => (await shell('npx tributary explain drill-2')).out, patience)
      .toMatch(/document +current[\s\S]+document +current/);
  });

  it('every block of an alarm, and what looks and redrives, answers 0, or 1 where something is left', async () => {
    // Something for the procedures to work at.
    const two = ['drill-3', 'drill-4'].map((id) => `put "{ id: { S: '${id}' }, email: { S: '${id}@example.com' } }"`);
    expect(await shell(`${prelude}${two.join('\n')}\n${poison}`)).toMatchObject({ failed: [], error: '' });
    await expect.poll(alarmsThatAreOn, patience).toContain('dead-letters-present');
    const others = blocksOf('sh').filter((text) => !isOfWell(text));
    expect(others.length).toBeGreaterThan(10);
    for (const text of others) {
      const { failed, error } = await shell(text);
      const unexpected = failed.filter((command) => !/^1 .*npx tributary/.test(command));
      expect({ text, unexpected, error: error.replace(/^FAILED 1 .*\n/gm, '') }).toEqual({
        ...{ text, unexpected: [] },
        error: expect.not.stringMatching(/^ {4}at |command not found/m),
      });
    }
  });

  it('every block that compares, fills, moves, replays or forgets answers 0 once nothing is broken', async () => {
    const mended = `put "{ id: { S: 'drill-2' }, email: { S: 'two@example.com' }, country: { S: 'GB' } }"`;
    expect(await shell(`${prelude}${mended}`)).toMatchObject({ failed: [], error: '' });
    const discard = async () => (await shell('npx tributary dead-letters discard --consumer search-index')).out;
    await expect
      .poll(async () => `${await discard()}${(await alarmsThatAreOn()).join()}`, patience)
      .toBe('Nothing is pending there.\n');
    const blocks = blocksOf('sh').filter(isOfWell);
    expect(blocks.length).toBeGreaterThan(6);
    // In the order of the page: the last one forgets the user.
    for (const text of blocks) {
      const { failed, error } = await shell(text);
      // Among the changes of the last minutes is the one that search refuses.
      const refused = failed.filter((command) => /^1 npx tributary replay again.* --apply /.test(command));
      expect({ text, failed: failed.slice(refused.length), error }).toEqual({
        ...{ text, failed: [] },
        error: expect.not.stringMatching(/^ {4}at |command not found/m),
      });
    }
    expect((await shell('npx tributary explain "$ID"')).out).toMatch(/item +deleted/);
  });
});
