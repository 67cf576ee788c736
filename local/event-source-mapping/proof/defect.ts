import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A line that is wrong on purpose, kept as a unified diff in `defects/<rule>.patch`. */
export interface Defect {
  readonly rule: string;
  /** Of the file it changes, within the package. */
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Lines taken away and lines added. */
  readonly changedLines: readonly [number, number];
}

export function readDefects(packageFolder: string): readonly Defect[] {
  return readdirSync(join(packageFolder, 'defects'))
    .filter((name) => name.endsWith('.patch'))
    .map((name) => name.slice(0, -6))
    .sort()
    .map((rule) => parseDefect(rule, readFileSync(join(packageFolder, 'defects', `${rule}.patch`), 'utf8')));
}

/** @throws {Error} when the text is no diff of one place in one file. */
export function parseDefect(rule: string, patch: string): Defect {
  const [, path] = /^\+\+\+ b\/(\S+)$/m.exec(patch) ?? [];
  const [, hunk, ...others] = patch.split(/^@@.*@@.*\n/m);
  if (path === undefined || hunk === undefined || others.length > 0) {
    throw new Error(`defects/${rule}.patch is not a diff with one hunk.`);
  }
  const lines = hunk.split('\n').filter((line) => line !== '');
  const side = (sign: '-' | '+') => lines.filter((line) => line.startsWith(' ') || line.startsWith(sign));
  const text = (kept: readonly string[]) => kept.map((line) => `${line.slice(1)}\n`).join('');
  const count = (sign: '-' | '+') => lines.filter((line) => line.startsWith(sign)).length;
  return { rule, path, before: text(side('-')), after: text(side('+')), changedLines: [count('-'), count('+')] };
}

/** How often the place of the defect is in its file: once, if it applies. */
export function placesOf(packageFolder: string, { path, before }: Defect): number {
  return readFileSync(join(packageFolder, path), 'utf8').split(before).length - 1;
}

/** Puts the defect in; the returned function takes it out again. */
export function applyDefect(packageFolder: string, { path, before, after }: Defect): () => void {
  const file = join(packageFolder, path);
  const sound = readFileSync(file, 'utf8');
  writeFileSync(
    file,
    sound.replace(before, () => after),
  );
  return () => writeFileSync(file, sound);
}
