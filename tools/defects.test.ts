import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashSabotages } from '../local/crash/sabotages.ts';
import { sabotages } from '../local/demo/sabotages.ts';
import { defects } from '../simulator/defect-list.ts';

const projectRoot = join(import.meta.dirname, '..');
const folder = join('simulator', 'defects');
const listed = new Set([
  ...[...sabotages, ...crashSabotages].map(({ name }) => name),
  ...defects.map(([name]) => name),
]);

describe('deliberate defects', () => {
  it('have a patch each, and no patch is in no list', () => {
    const patches = readdirSync(join(projectRoot, folder)).map((file) => file.replace(/\.patch$/, ''));
    expect([...listed].toSorted()).toEqual(patches.toSorted());
  });

  it.each([...listed])('%s: its patch applies to the sources as they are', (name) => {
    execFileSync('git', ['apply', '--check', join(folder, `${name}.patch`)], { cwd: projectRoot, stdio: 'pipe' });
  });
});
