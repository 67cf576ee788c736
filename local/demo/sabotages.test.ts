import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sabotages } from './sabotages.ts';

const projectRoot = join(import.meta.dirname, '..', '..');
const folder = join('simulator', 'defects');

describe('sabotages', () => {
  it('have a patch each, and no patch has none', () => {
    const patches = readdirSync(join(projectRoot, folder)).map((file) => file.replace(/\.patch$/, ''));
    expect(sabotages.map(({ name }) => name).toSorted()).toEqual(patches.toSorted());
  });

  it.each(sabotages)('$name: its patch applies to the sources as they are', ({ name }) => {
    execFileSync('git', ['apply', '--check', join(folder, `${name}.patch`)], { cwd: projectRoot, stdio: 'pipe' });
  });

  it('show themselves in a small run', () => {
    for (const { users } of sabotages) expect(users).toBeLessThanOrEqual(200);
  });
});
