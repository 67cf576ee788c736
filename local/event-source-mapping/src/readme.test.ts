import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
const shown = [
  ...readme.matchAll(/\(`(examples\/[\w-]+\.ts)`\):\n\n```ts\n(.*?)```(?:\n\nprints\n\n```\n(.*?)```)?/gs),
];

it('the README has its examples', () => {
  expect(shown.map(([, path]) => path)).toEqual(['examples/isolate-poison.ts', 'examples/own-handler.ts']);
});

it.each(shown)('an example of the README is its file, runs as written, and prints what it says', async (...example) => {
  const [, path = '', text, printed = ''] = example;
  const file = new URL(`../${path}`, import.meta.url);
  expect(text).toBe(await readFile(file, 'utf8'));
  const { stdout } = await run(process.execPath, [fileURLToPath(file)]);
  expect(stdout).toBe(printed);
});
