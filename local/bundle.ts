import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

export interface BundleOptions {
  /** Folders in `functions/` that have a `handler.ts`. */
  readonly names: readonly string[];
  /** Gets one folder per function, which replaces an earlier one. */
  readonly outdir: string;
  /** The folder that holds `functions/` and `shared/`. @default this project */
  readonly root?: string;
  /** @default true: what is deployed */
  readonly minify?: boolean;
}

export interface Bundle {
  readonly name: string;
  /** Path of the module that exports `handler`. */
  readonly entry: string;
  /** Bytes of the code that a cold start loads; chunks loaded on demand are not counted. */
  readonly loadedBytes: number;
}

const project = fileURLToPath(new URL('..', import.meta.url));

/** CommonJS packages inside an ES module still call `require` for Node's own modules. */
const requireBanner = [
  "import { createRequire as __createRequire } from 'node:module';",
  'const require = __createRequire(import.meta.url);',
].join('');

/**
 * Bundles functions as they are deployed, for the laptop too: `<outdir>/<name>/index.mjs`, chunks for what is imported
 * on demand, source maps. One build per function, so that no folder holds another one's code.
 */
export async function bundleFunctions(options: BundleOptions): Promise<readonly Bundle[]> {
  return Promise.all(options.names.map((name) => bundleFunction(name, options)));
}

async function bundleFunction(name: string, options: BundleOptions): Promise<Bundle> {
  const { outdir, root = project, minify = true } = options;
  const folder = join(outdir, name);
  const { metafile, outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [{ in: join(root, 'functions', name, 'handler.ts'), out: 'index' }],
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'chunks/[name]-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Packages that ship both forms are smaller and shakeable as ES modules.
    mainFields: ['module', 'main'],
    banner: { js: requireBanner },
    minify,
    legalComments: 'none',
    sourcemap: 'linked',
    sourcesContent: false,
    // A copy of the sources elsewhere has no packages of its own.
    nodePaths: [join(project, 'node_modules')],
    metafile: true,
    logLevel: 'silent',
    // Written below, in one go: esbuild is a process of its own, which could still write after the end of this one.
    write: false,
  });
  rmSync(folder, { recursive: true, force: true });
  for (const { path, contents } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  return { name, entry: join(folder, 'index.mjs'), loadedBytes: loadedBytes(metafile.outputs) };
}

interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly imports: readonly { readonly path: string; readonly kind: string; readonly external?: boolean }[];
}

/** The entry and everything it imports statically. */
function loadedBytes(outputs: Readonly<Record<string, Output>>): number {
  const entry = Object.keys(outputs).find((path) => path.endsWith('/index.mjs') || path === 'index.mjs');
  const loaded = new Set<string>();
  const load = (path: string): void => {
    const output = outputs[path];
    if (output === undefined || loaded.has(path)) return;
    loaded.add(path);
    for (const { path: imported, kind } of output.imports) if (kind === 'import-statement') load(imported);
  };
  if (entry !== undefined) load(entry);
  return [...loaded].reduce((bytes, path) => bytes + (outputs[path]?.bytes ?? 0), 0);
}
