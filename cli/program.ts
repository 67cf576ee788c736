import { Command } from 'commander';
import { addAlarms } from './alarms.ts';
import { addAudit } from './audit.ts';
import { addBackfill } from './backfill.ts';
import { addCapture } from './capture.ts';
import { addDeadLetters } from './dead-letters.ts';
import { addDoctor } from './doctor.ts';
import { printEnvironment } from './env.ts';
import { addExplain } from './explain.ts';
import { addForget } from './forget.ts';
import { addPause } from './pause.ts';
import { addReindex } from './reindex.ts';
import { addReplay } from './replay.ts';
import { addRewind } from './rewind.ts';
import { exitCodes } from './run-command.ts';
import { addSnapshot } from './snapshot.ts';
import { addStatus } from './status.ts';
import { addSuppressions } from './suppressions.ts';
import { addTail } from './tail.ts';

/** Every command with its arguments. */
export function createProgram(): Command {
  const program = new Command('tributary')
    .description('Looks at a pipeline, replays what went through it, and brings in what failed.')
    .showHelpAfterError('(tributary --help lists the commands)')
    // 2, as for every argument that makes no sense; help that was asked for is no failure.
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));

  program
    .command('env')
    .description('print the variables that point an AWS SDK at the running laptop pipeline')
    .addHelpText('after', `${exitCodes}\n\nExample:\n  eval "$(npx tributary env)" && node my-application.js`)
    .action(printEnvironment);

  addReplay(program);
  addStatus(program);
  addAlarms(program);
  addDoctor(program);
  addPause(program);
  addDeadLetters(program);
  addExplain(program);
  addSuppressions(program);
  addBackfill(program);
  addSnapshot(program);
  addAudit(program);
  addReindex(program);
  addCapture(program);
  addTail(program);
  addRewind(program);
  addForget(program);
  return program;
}
