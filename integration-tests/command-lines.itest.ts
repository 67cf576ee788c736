/** Every command of package.json that is a program of this project tells how it is used, and what was wrong. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const programs = Object.entries(scripts).flatMap(([name, script]) => {
  const [, program] = /^node tools\/launch\.mjs ((?:local|tools|infra|simulator|bench)\/\S+\.ts)$/.exec(script) ?? [];
  return program === undefined ? [] : [{ name, program }];
});

interface Ended {
  readonly status: number | string | null | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

function run(program: string, ...given: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, program), ...given], { cwd: root }, (error, stdout, stderr) => {
      resolve({ status: error === null ? 0 : error.code, stdout, stderr });
    });
  });
}

it('finds the commands', () => {
  expect(programs.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      'start',
      'demo',
      'test:crash',
      'sabotages',
      'simulate',
      'defects',
      'synth',
      'bench:mapping',
    ]),
  );
});

describe.each(programs)('npm run $name', ({ name, program }) => {
  it('tells its options with examples when asked for help', async () => {
    const { status, stdout } = await run(program, '--help');
    expect(stdout).toMatch(new RegExp(`^Usage: npm (run )?${name} --`));
    expect(stdout).toMatch(/\nExamples:\n {2}(npm|aws) /);
    expect(status).toBe(0);
  });

  it('takes the options of its own examples', async () => {
    const { stdout } = await run(program, '--help');
    const examples = stdout.split('\nExamples:\n')[1]?.matchAll(/^ {2}npm (?:run )?(\S+) -- (.*?)(?: *#.*)?$/gm) ?? [];
    for (const [example, script = '', given = ''] of examples) {
      expect(script, example).toBe(name);
      // Help is given after values are read: one that is refused ends with status 2.
      const { status, stderr } = await run(program, '--help', ...given.split(' '));
      expect({ example, status, stderr }).toEqual({ example, status: 0, stderr: '' });
    }
  });

  it('ends with status 2 and no trace for an option that it does not have', async () => {
    // `test:real` hands what it does not know to vitest.
    const given = name === 'test:real' ? ['--engines', 'none'] : ['--no-such-option'];
    const { status, stdout, stderr } = await run(program, ...given);
    expect(stderr).toMatch(/^error: .*\n/);
    expect(stderr).not.toMatch(/\n\s+at /);
    expect(stdout).toBe('');
    expect(status).toBe(2);
  });
});

it.each([
  { program: 'simulator/simulate.ts', given: ['--seeds', '9..3'], says: /must be a number, a range as 1\.\.100/ },
  { program: 'simulator/simulate.ts', given: ['--seed', 'x'], says: /must be a number, a range as 1\.\.100/ },
  { program: 'simulator/simulate.ts', given: ['--faults', 'rain'], says: /There is no fault rain/ },
  { program: 'simulator/simulate.ts', given: ['--records', '0'], says: /whole number from 1/ },
  { program: 'simulator/catch-defects.ts', given: ['no-such-defect'], says: /There are: / },
  { program: 'tools/sabotages.ts', given: ['no-such-sabotage'], says: /There are: / },
  { program: 'local/demo.ts', given: ['--users', '-3'], says: /whole number from 1/ },
  { program: 'local/event-source-mapping/proof/defects.ts', given: ['--sample', '0'], says: /at least 1/ },
  { program: 'bench/event-source-mapping.ts', given: ['many'], says: /whole number from 1/ },
  { program: 'infra/cost/main.ts', given: [], says: /--writes-per-second and --users/ },
])('$program $given is told in a line, with status 2', async ({ program, given, says }) => {
  const { status, stderr } = await run(program, ...given);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(says);
  expect(status).toBe(2);
});
