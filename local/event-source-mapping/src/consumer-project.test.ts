import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';

const run = promisify(execFile);
const installed = createRequire(import.meta.url);
const packageFolder = fileURLToPath(new URL('..', import.meta.url));
let project: string;

// The package alone, outside of this repository, where nothing else can be found that it might import.
beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'consumer-'));
  project = join(folder, 'project');
  await mkdir(join(project, 'node_modules/@tributary'), { recursive: true });
  await cp(packageFolder, join(folder, 'package'), {
    recursive: true,
    filter: (source) =>
      !/node_modules|\.test\.ts$|\/testing$|\/proof$|\/defects$/.test(source.slice(packageFolder.length)),
  });
  await symlink(join(folder, 'package'), join(project, 'node_modules/@tributary/event-source-mapping'));
  await cp(join(packageFolder, 'examples/consumer.ts'), join(project, 'main.ts'));
  const manifest = { type: 'module', dependencies: { '@tributary/event-source-mapping': 'file:../package' } };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
});

afterAll(() => rm(dirname(project), { recursive: true }));

it('a project that depends on this package alone runs', async () => {
  const { stdout } = await run(process.execPath, ['main.ts'], { cwd: project });
  expect(stdout.split('\n')).toEqual([
    '2 processed, 1 filtered out',
    'Invalid filter pattern definition.',
    'function dynamodb InvalidMappingError',
    '',
  ]);
});

it('a project that depends on this package alone has all of its types', async () => {
  const compilerOptions = {
    ...{ strict: true, noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true, skipLibCheck: true },
    ...{ target: 'ES2024', lib: ['ES2024'], module: 'NodeNext', noEmit: true, allowImportingTsExtensions: true },
    ...{ types: ['node'], typeRoots: [dirname(dirname(installed.resolve('@types/node/package.json')))] },
  };
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['main.ts'] }));
  const compiler = installed.resolve('typescript/bin/tsc');
  const { stdout } = await run(process.execPath, [compiler, '-p', project]).catch((error: { stdout: string }) => error);
  expect(stdout).toBe('');
});
