import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const source = pathToFileURL(join(import.meta.dirname, 'child-process.ts')).href;

/** Starts a program that goes on for ever, tells that it is up, and goes on for ever itself. */
const parent = `
  import { startChildProcess } from '${source}';
  const [folder] = process.argv.slice(1);
  const command = process.execPath;
  const args = ['-e', 'setInterval(() => {}, 1000)'];
  await startChildProcess({ name: 'one', command, args, folder, answers: async () => true, readyTimeoutMs: 60_000 });
  process.stdout.write('up');
  setInterval(() => {}, 1000);`;

it.each(['SIGKILL', 'SIGTERM'] as const)('the folder of a program goes when its parent ends by %s', async (signal) => {
  const folder = mkdtempSync(join(tmpdir(), 'child-process-'));
  const child = spawn(process.execPath, ['--input-type=module', '-e', parent, folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  await once(child.stdout, 'data');
  expect(existsSync(folder)).toBe(true);
  child.kill(signal);
  await expect.poll(() => existsSync(folder)).toBe(false);
});
