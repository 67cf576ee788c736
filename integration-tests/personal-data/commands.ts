import { vi } from 'vitest';

interface Printed {
  readonly code: number;
  readonly text: string;
}

/** A command of `tributary` within this process: a process each would take most of the time of the test. */
export async function runTributary(args: readonly string[]): Promise<Printed> {
  // Not before the test has said where the note of the running pipeline is.
  const { createProgram } = await import('../../cli/program.ts');
  let text = '';
  const take = (chunk: string | Uint8Array) => {
    text += typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString('utf8');
    return true;
  };
  const spies = [process.stdout, process.stderr].map((stream) => vi.spyOn(stream, 'write').mockImplementation(take));
  try {
    await createProgram().parseAsync(args, { from: 'user' });
    return { code: Number(process.exitCode ?? 0), text };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = 0;
  }
}

/** Names of all commands, such as `dead-letters list`. */
export async function commandNames(): Promise<readonly string[]> {
  const { createProgram } = await import('../../cli/program.ts');
  type Named = Pick<ReturnType<typeof createProgram>, 'commands' | 'name'>;
  const namesOf = (command: Named, path: readonly string[]): readonly string[] =>
    command.commands.length === 0
      ? [path.join(' ')]
      : command.commands.flatMap((each) => namesOf(each, [...path, each.name()]));
  return namesOf(createProgram(), []);
}

export interface Subjects {
  /** Keys of an item that is there and has failed, and of one that is to be forgotten. */
  readonly id: string;
  readonly forgotten: string;
  readonly letter: string;
  readonly failure: string;
  readonly suppressed: string;
  /** A file of the archive, and a folder that may be written to. */
  readonly file: string;
  readonly folder: string;
}

/**
 * What each command is called with, in an order in which each has something to do. Each is also called with `--json`
 * where it takes that, unless it names it: what it does can be done once, or takes its time.
 */
export function commandLines({ folder, file, ...about }: Subjects): readonly (readonly string[])[] {
  const here = ['--region', 'eu-west-1'];
  const search = ['--consumer', 'search-index'];
  const walk = [...here, '--max-lag', '60s'];
  return [
    ['env'],
    ['status'],
    ['alarms', '--state', 'all'],
    ['doctor'],
    ['explain', about.id],
    ['explain', about.id, '--show-pii'],
    ['dead-letters', 'list', '--state', 'all'],
    ['dead-letters', 'list', '--scope', 'batch'],
    ['dead-letters', 'show', about.letter],
    ['dead-letters', 'show', about.letter, '--show-pii'],
    ['dead-letters', 'show', about.failure],
    ['dead-letters', 'redrive', '--all', '--dry-run'],
    ['dead-letters', 'redrive', ...search],
    ['dead-letters', 'redrive', '--scope', 'batch', '--all', '--dry-run'],
    ['dead-letters', 'redrive', '--scope', 'batch', '--all'],
    ['dead-letters', 'requeue', '--scope', 'batch', '--all'],
    ['dead-letters', 'discard', '--consumer', 'welcome-email'],
    ['suppressions', 'list'],
    ['suppressions', 'list', '--show-pii'],
    ['tail', '--since', 'trim-horizon', '--records', '60', ...here],
    ['tail', '--since', 'trim-horizon', '--records', '60', '--show-pii', ...here],
    ['capture', '--since', '1h', '--for', '1s', '--out', `${folder}/masked`, ...here],
    ['capture', '--since', '1h', '--for', '1s', '--out', `${folder}/whole`, '--show-pii', '--json', ...here],
    ['replay', file, ...search],
    ['replay', file, ...search, '--show-pii'],
    ['replay', file, ...search, '--compare', `${folder}/result.json`],
    ['replay', file, '--consumer', 'welcome-email'],
    ['replay', file, ...search, '--apply', '--dry-run'],
    ['pause', 'archive', ...here],
    ['resume', 'archive', ...here],
    ['rewind', 'archive', '--to', 'trim-horizon', ...here],
    ['snapshot', about.id, '--dry-run'],
    ['snapshot', about.id],
    ['backfill', ...search, '--dry-run', ...walk],
    ['backfill', ...search, ...walk],
    ['backfill', '--consumer', 'aggregates', '--json', ...walk],
    ['audit', '--dry-run', '--json', '--grace', '1s', '--patience', '1s', ...walk],
    ['audit', '--repair', '--grace', '1s', '--patience', '1s', ...search, ...walk],
    ['audit', '--grace', '1s', '--patience', '1s', '--json', '--consumer', 'welcome-email', ...walk],
    ['reindex', '--dry-run', ...here],
    ['reindex', '--json', ...here],
    ['reindex', '--finish', '--dry-run', ...here],
    ['reindex', '--finish', '--json', ...here],
    ['suppressions', 'remove', about.suppressed, '--dry-run'],
    ['suppressions', 'remove', about.suppressed, '--json'],
    ['forget', about.forgotten, '--dry-run'],
    ['forget', about.forgotten, '--wait', '60'],
  ];
}
