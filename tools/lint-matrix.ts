/**
 * `npm run lint:matrix`: synthesizes configurations in which every pair of values of the configuration's fields meets,
 * with the rules of cdk-nag, and runs cfn-lint on every template of each.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { configMatrix } from '../infra/testing/config-matrix.ts';
import { type SynthesizedStage, synthesize } from '../infra/testing/synthesize.ts';
import { describeCommand, readArguments } from '../local/command-line.ts';

readArguments(
  describeCommand({
    name: 'npm run lint:matrix --',
    description: 'Synthesizes configurations in which every pair of settings meets, and lints all of their templates.',
    examples: ['npm run lint:matrix'],
  }),
);

const stages: SynthesizedStage[] = [];
try {
  for (const config of configMatrix()) stages.push(synthesize(config));
  console.log(`${stages.length} configurations: cdk-nag finds nothing.`);
  const lint = fileURLToPath(new URL('lint-templates.ts', import.meta.url));
  const files = stages.flatMap((stage) => stage.files);
  process.exitCode = spawnSync(process.execPath, [lint, ...files], { stdio: 'inherit' }).status ?? 1;
} finally {
  for (const stage of stages) stage.remove();
}
