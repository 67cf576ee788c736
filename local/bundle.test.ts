import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registry } from '../functions/registry.ts';
import { type Bundle, bundleFunctions } from './bundle.ts';

const run = promisify(execFile);

let outdir: string;
let bundles: readonly Bundle[];

beforeAll(async () => {
  outdir = await mkdtemp(join(tmpdir(), 'tributary-bundle-'));
  bundles = await bundleFunctions({ names: registry.map(({ name }) => name), outdir });
}, 60_000);

afterAll(() => rm(outdir, { recursive: true, force: true }));

describe('bundleFunctions', () => {
  it('every function of the registry exports its handler from one module', async () => {
    for (const { name, entry } of bundles) {
      expect(entry).toBe(join(outdir, name, 'index.mjs'));
      expect(await exportsOf(entry), name).toContain('handler');
    }
  }, 30_000);

  it('no cold start loads more than 400 kB', () => {
    for (const { name, loadedBytes } of bundles) {
      expect(loadedBytes, name).toBeGreaterThan(50_000);
      expect(loadedBytes, name).toBeLessThanOrEqual(400_000);
    }
  });

  it('the clients of S3 and SQS wait for the first poison', async () => {
    for (const { name, entry } of bundles) {
      const code = await readFile(entry, 'utf8');
      expect(code, name).toMatch(/import\("\.\/chunks\/connect-dead-letters-/);
      expect(code, name).not.toContain('PutObjectCommand');
    }
  });
});

/** In a process of its own: as Node loads it, without the test runner's transformations. */
async function exportsOf(entry: string): Promise<unknown> {
  const module = JSON.stringify(pathToFileURL(entry).href);
  const program = `console.log(JSON.stringify(Object.keys(await import(${module}))))`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  return JSON.parse(stdout);
}
