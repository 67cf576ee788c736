import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../local/bundle.ts';

/** The code of one function as it is uploaded. */
export interface FunctionBundle {
  readonly folder: string;
  /** Changes when, and only when, the code does: dead letters keep it. */
  readonly version: string;
}

export type FunctionBundles = ReadonlyMap<string, FunctionBundle>;

/** The laptop's bundles, minified; what runs there is what is deployed. */
export async function bundleForDeployment(names: readonly string[], outdir: string): Promise<FunctionBundles> {
  await bundleFunctions({ names, outdir, minify: true });
  return new Map(names.map((name) => [name, bundleAt(join(outdir, name))]));
}

export function bundleAt(folder: string): FunctionBundle {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  for (const path of paths) hash.update(path.slice(folder.length)).update(readFileSync(path));
  return { folder, version: hash.digest('hex').slice(0, 12) };
}
