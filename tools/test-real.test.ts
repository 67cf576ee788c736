import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** Where there is no Java, whatever this machine has. */
function withoutJava(ci: string) {
  const env = { ...process.env, JAVA_HOME: join(import.meta.dirname, 'no-java-here'), CI: ci };
  const program = join(import.meta.dirname, 'test-real.ts');
  const { status, stdout } = spawnSync(process.execPath, [program, '--engines', 'processes'], {
    env,
    encoding: 'utf8',
  });
  return { status, stdout };
}

describe('npm run test:real without Java', () => {
  it('skips the processes by name on a machine of a user, with the reason and the remedy', () => {
    const { status, stdout } = withoutJava('');
    expect(stdout).toMatch(
      /^processes: skipped\. Java is missing: .* Install one \(.*\), or stay with --engines embedded/m,
    );
    expect(status).toBe(0);
  });

  it('fails on CI', () => {
    const { status, stdout } = withoutJava('true');
    expect(stdout).toContain('processes: skipped. Java is missing');
    expect(status).toBe(1);
  });
});
