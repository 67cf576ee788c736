import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);

it('the worked example of the README is the file in examples/ and prints what the README says', async () => {
  const readme = await readFile(new URL('../README.md', import.meta.url), 'utf8');
  const example = new URL('../examples/isolate-poison.ts', import.meta.url);
  const [, shown, printed] = /```ts\n(.*?)```\n\nprints\n\n```\n(.*?)```/s.exec(readme) ?? [];
  expect(shown).toBe(await readFile(example, 'utf8'));
  const { stdout } = await run(process.execPath, [fileURLToPath(example)]);
  expect(stdout).toBe(printed);
});
