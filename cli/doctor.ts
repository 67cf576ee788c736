import type { Command } from 'commander';
import { diagnose, type Finding } from '../shared/operations/doctor/diagnose.ts';
import type { RegionProbes } from '../shared/operations/doctor/probes.ts';
import { OperatorError } from '../shared/operations/target.ts';
import { type CommonOptions, exitCode, exitCodes, inColumns, print, runCommand } from './run-command.ts';
import { chooseMappings, chosenStage } from './target/target.ts';

interface DoctorOptions extends CommonOptions {
  readonly preflight: boolean;
}

/** `tributary doctor`: 1 while something is to be done. */
export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description('ask everything that the pipeline depends on, and say what to do about each finding')
    .option('--preflight', 'of a stage before its first deployment: what the account and its regions need', false)
    .option('--json', 'print one JSON object instead of a text', false)
    .option('--stage <name>', 'a deployed stage instead of the pipeline on this machine')
    .addHelpText(
      'after',
      `${exitCodes}\n\nExamples:\n  npx tributary doctor\n  npx tributary doctor --stage production --preflight`,
    )
    .action((options: DoctorOptions) => runCommand(() => run(options)));
}

async function run(options: DoctorOptions): Promise<number> {
  const probes = await probesOf(options);
  const mappings = async () => (options.preflight ? [] : (await chooseMappings(options)).read());
  const findings = await diagnose(probes, mappings);
  print(options, { findings }, () => describe(findings));
  return findings.every(({ state }) => state === 'ok') ? exitCode.done : exitCode.left;
}

async function probesOf(options: DoctorOptions): Promise<readonly RegionProbes[]> {
  const stage = chosenStage(options);
  if (stage !== undefined) {
    const { preflightProbes, stageProbes } = await import('./target/stage-probes.ts');
    return options.preflight ? preflightProbes(stage) : stageProbes(stage);
  }
  if (options.preflight) throw new OperatorError('A preflight is about a stage: add --stage NAME.');
  const [{ runningPipeline }, { laptopProbes }] = await Promise.all([
    import('./target/laptop.ts'),
    import('./target/laptop-probes.ts'),
  ]);
  return laptopProbes(runningPipeline());
}

function describe(findings: readonly Finding[]): string {
  const rows = findings.map(({ region, check, state, says }) => [region, check, state, says]);
  const advice = findings.flatMap(({ says, advice: what }) => (what === undefined ? [] : [`- ${says}: ${what}`]));
  const table = inColumns([['REGION', 'CHECK', 'STATE', 'WHAT'], ...rows]);
  return advice.length === 0 ? `${table}\nAll is well.\n` : `${table}\n${advice.join('\n')}\n`;
}
