import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RecordedBatch, writeBatchFile } from '../shared/batch/recorded-batch.ts';
import type { ReplayResult } from '../shared/operations/replay.ts';
import { OperatorError } from '../shared/operations/target.ts';

/** As it was printed. Absent: by code that masked nothing. */
interface PrintedResult extends ReplayResult {
  readonly redaction?: 'masked' | 'none';
}

const run = promisify(execFile);
const checkout = fileURLToPath(new URL('..', import.meta.url));
const mostOutputBytes = 512 * 1024 * 1024;

/**
 * The result to compare with: of a file that `tributary replay --json` printed, or of the same batches through the code
 * of a git ref, with the dependencies of this checkout.
 *
 * @throws {OperatorError} when it is neither, or the code of the ref cannot replay the batches
 */
export async function replayBefore(
  fileOrRef: string,
  replayed: { readonly batches: readonly RecordedBatch[]; readonly consumer: string },
): Promise<PrintedResult> {
  const text = await readFile(fileOrRef, 'utf8').catch(() => undefined);
  if (text === undefined) return throughRef(fileOrRef, replayed);
  const result = parsed(text);
  if (result !== undefined) return result;
  throw new OperatorError(`${fileOrRef} is no result of \`tributary replay --json\`.`);
}

async function throughRef(
  ref: string,
  { batches, consumer }: { readonly batches: readonly RecordedBatch[]; readonly consumer: string },
): Promise<PrintedResult> {
  const git = (...args: readonly string[]) => run('git', args, { cwd: checkout });
  const commit = await git('rev-parse', '--verify', '--quiet', `${ref}^{commit}`).catch(() => {
    throw new OperatorError(`There is neither a file nor a commit "${ref}" to compare with.`);
  });
  await using cleanup = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tributary-replay-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const code = join(folder, 'code');
  await git('worktree', 'add', '--detach', code, commit.stdout.trim());
  cleanup.defer(async () => void (await git('worktree', 'remove', '--force', code)));
  await symlink(join(checkout, 'node_modules'), join(code, 'node_modules'));
  const files = await Promise.all(
    batches.map(async (batch, at) => {
      const file = join(folder, `${at}.jsonl`);
      await writeFile(file, writeBatchFile(batch));
      return file;
    }),
  );
  const args = ['cli/main.ts', 'replay', ...files, '--consumer', consumer, '--json'];
  // 1 says that some records were not resolved, which is a result as well.
  const replayed = (...more: readonly string[]): Promise<{ readonly stdout?: string; readonly stderr?: string }> =>
    run(process.execPath, [...args, ...more], { cwd: code, maxBuffer: mostOutputBytes }).catch((failure) => failure);
  // Whole, for masks would hide differences; code that knows no such option masks nothing.
  const whole = parsed((await replayed('--show-pii')).stdout ?? '');
  if (whole !== undefined) return whole;
  const { stdout, stderr } = await replayed();
  const result = parsed(stdout ?? '');
  if (result !== undefined) return result;
  throw new OperatorError(`The code of ${ref} cannot replay this: ${(stderr ?? '').split('\n')[0]}`);
}

function parsed(text: string): PrintedResult | undefined {
  try {
    const result: unknown = JSON.parse(text);
    const isResult = typeof result === 'object' && result !== null && 'effects' in result && 'batches' in result;
    return isResult ? (result as PrintedResult) : undefined;
  } catch {
    return undefined;
  }
}
