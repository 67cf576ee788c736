import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { registry } from '../functions/registry.ts';
import { table } from '../functions/table.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';
import { buildStage, createApp } from './build-stage.ts';
import { chooseStage } from './choose-stage.ts';
import { stages } from './config.ts';
import { runCommand } from './config-error.ts';
import { searchSetup } from './constructs/search-setup.ts';
import { bundleForDeployment } from './function-bundles.ts';
import { operatorFunction } from './manifest.ts';

const command = describeCommand({
  name: 'npm run synth --',
  description: 'Writes the templates of every region of a stage to dist/cdk: no credentials, no look-ups.',
  examples: ['npm run synth', 'npm run synth -- --stage production'],
}).option('--stage <name>', 'a stage of infra/config.ts; by default the first');
const { stage } = readArguments(command).opts<{ readonly stage?: string }>();

const outdir = fileURLToPath(new URL('../dist/cdk', import.meta.url));

await runCommand(async () => {
  const config = chooseStage(stages, stage);
  rmSync(outdir, { recursive: true, force: true });
  const names = [...registry.map(({ name }) => name), searchSetup.name, operatorFunction.name];
  const bundles = await bundleForDeployment(names, join(outdir, 'functions'));
  const app = createApp(outdir);
  buildStage(app, { config, house: { table, registry }, bundles });
  for (const { stackName, templateFullPath } of app.synth().stacks) {
    process.stdout.write(`${stackName}: ${templateFullPath}\n`);
  }
});
