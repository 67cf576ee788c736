/**
 * `npm run test:real [-- --engines processes|containers] [VITEST OPTION ...]`: the promises and the contracts on real
 * engines. A provider that this machine lacks is skipped by name, with the reason and the remedy; under CI=true that
 * is a failure.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { Option } from 'commander';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { type EngineProvider, engineProviders, prepareProvider } from '../local/engines/provider.ts';

type RealProvider = Exclude<EngineProvider, 'embedded'>;

const realProviders: readonly RealProvider[] = engineProviders.filter((provider) => provider !== 'embedded');
const root = join(import.meta.dirname, '..');
const command = describeCommand({
  name: 'npm run test:real --',
  description: 'Runs the promises and the contracts on real engines; further options are for vitest.',
  examples: ['npm run test:real', 'npm run test:real -- --engines processes writer'],
})
  .addOption(new Option('--engines <provider>', 'only these').choices(realProviders))
  .allowUnknownOption()
  .allowExcessArguments();
const { engines } = readArguments(command).opts<{ engines?: RealProvider }>();
const providers = realProviders.filter((provider) => engines === undefined || engines === provider);

const outcomes: string[] = [];
for (const provider of providers) outcomes.push(await run(provider));
for (const outcome of outcomes) console.log(outcome);

async function run(provider: RealProvider): Promise<string> {
  const missing = await prepareProvider[provider]().then(() => undefined, inWords);
  if (missing !== undefined) {
    if (process.env.CI === 'true') process.exitCode = 1;
    return `${provider}: skipped. ${missing}`;
  }
  console.log(`\nOn ${provider}: DynamoDB Local and OpenSearch; the other services are embedded.`);
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const { status } = spawnSync(process.execPath, [vitest, 'run', '--project', `real on ${provider}`, ...command.args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
  return `${provider}: ${status === 0 ? 'all passed' : 'FAILED, see above'}`;
}

function inWords(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} (${inWords(error.cause)})`;
}
