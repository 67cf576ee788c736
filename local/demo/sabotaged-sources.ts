import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const alwaysCopied = ['functions', 'shared', 'package.json', 'tsconfig.json'];

export interface SourceCopy {
  readonly root: string;
  remove(): Promise<void>;
}

/**
 * A temporary copy of the sources with one patch applied; the checkout stays as it is.
 *
 * @throws {Error} when the patch does not apply: the mechanism it removes has moved, and the patch must follow.
 */
export async function sabotagedSources(options: {
  readonly projectRoot: string;
  /** Of the patch in `simulator/defects/`. */
  readonly name: string;
  /** Folders that the run imports from its copy, beside `functions` and `shared`. */
  readonly folders?: readonly string[];
}): Promise<SourceCopy> {
  const { projectRoot, name, folders = [] } = options;
  const copied = [...alwaysCopied, ...folders];
  const root = await mkdtemp(join(tmpdir(), 'tributary-sabotage-'));
  const remove = () => rm(root, { recursive: true, force: true });
  try {
    await Promise.all(copied.map((each) => cp(join(projectRoot, each), join(root, each), { recursive: true })));
    await symlink(join(projectRoot, 'node_modules'), join(root, 'node_modules'));
    await applyPatch(root, join(projectRoot, 'simulator', 'defects', `${name}.patch`));
    return { root, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function applyPatch(root: string, patch: string): Promise<void> {
  try {
    // Without a repository around it, git takes the patch's paths from the working directory.
    const env = { ...process.env, GIT_CEILING_DIRECTORIES: tmpdir() };
    await promisify(execFile)('git', ['apply', '--verbose', patch], { cwd: root, env });
  } catch (cause) {
    const said = cause instanceof Error && 'stderr' in cause ? String(cause.stderr).trim() : String(cause);
    throw new Error(`${patch} does not apply to the sources any more, so nothing was run. git says:\n${said}`, {
      cause,
    });
  }
}
