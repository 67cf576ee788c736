import { execFile, spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

interface Package {
  readonly version?: string;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly link?: boolean;
}
type Packages = Readonly<Record<string, Package>>;

const locked: Packages = {
  '': { version: '0.1.0' },
  'node_modules/hono': { version: '4.13.19' },
  'node_modules/@aws-sdk/client-s3': { version: '3.1137.0' },
  'node_modules/for-another-platform': { version: '1.0.0', optional: true },
  'node_modules/brought-by-others': { version: '1.0.0', peer: true },
  'node_modules/of-this-project': { link: true },
};
const installed: Packages = {
  'node_modules/hono': { version: '4.13.19' },
  'node_modules/@aws-sdk/client-s3': { version: '3.1137.0' },
};

let folder: string;

/** A project of its own: the launcher, a lockfile, and an npm that only notes how it was called. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'launch-test-'));
  await cp(join(import.meta.dirname, 'launch.mjs'), join(folder, 'tools', 'launch.mjs'));
  await writeJson('package-lock.json', { packages: locked });
  await writeFile(join(folder, 'entry.mjs'), 'process.stdout.write("started " + process.argv.slice(2))');
  await fakeNpm(`echo "$@" >> "${folder}/npm-calls"; echo "npm's own words"; cp package-lock.json node_modules/`);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function writeJson(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), JSON.stringify(content));
}

async function fakeNpm(commands: string): Promise<void> {
  await mkdir(join(folder, 'bin'), { recursive: true });
  await writeFile(join(folder, 'bin', 'npm'), `#!/bin/sh\nmkdir -p node_modules\n${commands}\n`);
  await chmod(join(folder, 'bin', 'npm'), 0o755);
}

function install(packages: Packages): Promise<void> {
  return writeJson('node_modules/.package-lock.json', { packages });
}

function launch(...args: readonly string[]): Promise<{ code: number; out: string; error: string }> {
  const env = { ...process.env, PATH: `${join(folder, 'bin')}${delimiter}${process.env.PATH ?? ''}` };
  return new Promise((resolve) => {
    execFile(process.execPath, [join(folder, 'tools', 'launch.mjs'), ...args], { env }, (failure, out, error) => {
      resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
    });
  });
}

function npmCalls(): Promise<string> {
  return readFile(join(folder, 'npm-calls'), 'utf8').catch(() => '');
}

describe('launch: when it installs', () => {
  it.each([
    { description: 'nothing is installed', packages: undefined, reason: 'nothing is installed yet' },
    {
      description: 'a package is missing',
      packages: { 'node_modules/hono': { version: '4.13.19' } },
      reason: '@aws-sdk/client-s3 is missing',
    },
    {
      description: 'a package has another version',
      packages: { ...installed, 'node_modules/hono': { version: '4.13.18' } },
      reason: 'hono should be 4.13.19',
    },
    {
      description: 'an optional package that is there has another version',
      packages: { ...installed, 'node_modules/for-another-platform': { version: '0.9.0' } },
      reason: 'for-another-platform should be 1.0.0',
    },
  ])('$description: says so, installs what is locked, then starts', async ({ packages, reason }) => {
    if (packages !== undefined) await install(packages);
    const { code, out, error } = await launch('entry.mjs', '--users', '3');
    expect({ code, out }).toEqual({ code: 0, out: 'started --users,3' });
    expect(error).toContain(`Installing the locked dependencies (${reason})`);
    expect(await npmCalls()).toMatch(/^ci /);
  });

  it('installs nothing when all that this platform needs is there', async () => {
    await install(installed);
    expect(await launch('entry.mjs')).toEqual({ code: 0, out: 'started ', error: '' });
    expect(await npmCalls()).toBe('');
  });

  it('installs nothing at the second start', async () => {
    await fakeNpm(`echo "$@" >> "${folder}/npm-calls"; cp package-lock.json node_modules/.package-lock.json`);
    await launch('entry.mjs');
    const first = await npmCalls();
    expect(await launch('entry.mjs')).toEqual({ code: 0, out: 'started ', error: '' });
    expect(first.trim().split('\n')).toHaveLength(1);
    expect(await npmCalls()).toBe(first);
  });

  it('starts nothing when the installation fails', async () => {
    await fakeNpm('echo "npm error 404" >&2; exit 7');
    const { code, out, error } = await launch('entry.mjs');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(error).toMatch(/npm error 404[\s\S]*The installation failed/);
  });
});

describe('launch: what it starts', () => {
  it('keeps its own output and that of npm out of stdout', async () => {
    const { out, error } = await launch('entry.mjs');
    expect(out).toBe('started ');
    expect(error).toContain("npm's own words");
  });

  it('ends with the exit code of what it started', async () => {
    await install(installed);
    await writeFile(join(folder, 'entry.mjs'), 'process.exit(42)');
    expect((await launch('entry.mjs')).code).toBe(42);
  });

  it('hands on a signal that reaches it alone, and waits for what that does', async () => {
    await install(installed);
    const entry = 'process.on("SIGINT", () => process.exit(5)); setInterval(() => {}, 1000); console.log("ready")';
    await writeFile(join(folder, 'entry.mjs'), entry);
    const launcher = spawn(process.execPath, [join(folder, 'tools', 'launch.mjs'), 'entry.mjs']);
    launcher.stdout.once('data', () => launcher.kill('SIGINT'));
    const code = await new Promise((resolve) => launcher.once('exit', resolve));
    expect(code).toBe(5);
  });
});
