/**
 * `npm run lint:templates [-- FILE ...]`: cfn-lint on CloudFormation templates, those in dist/cdk unless given. Uses
 * the cfn-lint on the PATH, else installs one with pip into node_modules/.cache.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeCommand, readArguments } from '../local/command-line.ts';

const version = '1.51.0';
const root = fileURLToPath(new URL('..', import.meta.url));

const { args: given } = readArguments(
  describeCommand({
    name: 'npm run lint:templates --',
    description: 'Runs cfn-lint on CloudFormation templates.',
    examples: ['npm run synth && npm run lint:templates', 'npm run lint:templates -- my.template.json'],
  }).argument('[files...]', 'templates; by default what npm run synth wrote'),
);
const templates = given.length > 0 ? given : globSync(join(root, 'dist/cdk/*.template.json'));
if (templates.length === 0) fail('There is no template in dist/cdk: run `npm run synth` first.');
const { status, error } = spawnSync(cfnLint(), ['--format', 'parseable', '--', ...templates], { stdio: 'inherit' });
if (error !== undefined) fail(`cfn-lint did not start: ${error.message}.`);
if (status !== 0) process.exit(1);
console.log(`${templates.length} templates: cfn-lint finds nothing.`);

function cfnLint(): string {
  if (spawnSync('cfn-lint', ['--version']).status === 0) return 'cfn-lint';
  const folder = join(root, 'node_modules/.cache', `cfn-lint-${version}`);
  const command = join(folder, 'bin/cfn-lint');
  if (existsSync(command)) return command;
  console.log(`Installing cfn-lint ${version} (PyPI) into node_modules/.cache ...`);
  run('python3', ['-m', 'venv', folder]);
  run(join(folder, 'bin/python'), ['-m', 'pip', 'install', '--quiet', `cfn-lint==${version}`]);
  return command;
}

function run(command: string, args: readonly string[]): void {
  const result = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (result.status === 0) return;
  fail(`cfn-lint could not be installed: it needs Python 3 with venv and pip. Or put a cfn-lint on the PATH.`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
