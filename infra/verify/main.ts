import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describeCommand, readArguments } from '../../local/command-line.ts';
import { systemClock } from '../../shared/runtime/clock.ts';
import { chooseStage } from '../choose-stage.ts';
import { stages } from '../config.ts';
import { configError, runCommand } from '../config-error.ts';
import { placeholderProblems } from '../validate-config.ts';
import { liveCloud } from './live-cloud.ts';
import { describePlan } from './plan.ts';
import { probeStage } from './probe-house.ts';
import { synthesizeProbes } from './synthesize.ts';
import { describeVerdict, verify } from './verify.ts';

const command = describeCommand({
  name: 'npm run verify:aws --',
  description: 'Deploys a small stage to your account, sees whether AWS does what the pipeline relies on, destroys it.',
  examples: ['npm run verify:aws -- --dry-run', 'npm run verify:aws -- --region eu-west-1'],
})
  .option('--region <name>', 'where; by default the first region of infra/config.ts')
  .option('--dry-run', 'print what would be done and write the templates; needs no credentials');
const { region, dryRun } = readArguments(command).opts<{ readonly region?: string; readonly dryRun?: true }>();

const dist = (name: string) => fileURLToPath(new URL(`../../dist/${name}`, import.meta.url));
const say = (line: string) => process.stdout.write(`${line}\n`);

await runCommand(async () => {
  const stage = chooseStage(stages);
  const config = probeStage(stage, region ?? stage.regions[0] ?? '');
  if (dryRun) {
    for (const line of describePlan(config)) say(line);
    say(`Templates of ${(await synthesizeProbes(config, dist('verify'))).join(', ')} are in dist/verify.`);
    return;
  }
  const placeholders = placeholderProblems(config).filter(({ field }) => field === 'alarmAddress');
  if (placeholders.length > 0) throw configError(stage.stage, placeholders);
  const cloud = liveCloud({ config, outdir: dist('verify') });
  const verdict = await verify({ cloud, clock: systemClock, say, patienceMs: 15 * 60_000 });
  writeFileSync(dist('verify-evidence.json'), JSON.stringify(verdict.evidence, undefined, 2));
  for (const line of describeVerdict(verdict)) say(line);
  const holds = verdict.complete && verdict.findings.every(({ problems }) => problems.length === 0);
  process.exitCode = holds ? 0 : 1;
});
