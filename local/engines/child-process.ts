/**
 * Runs an engine that is a program of its own: started, waited for until it answers, ended with its parent.
 *
 * A parent that is killed by SIGKILL cannot clean up, and an engine left behind holds its port and its data for good.
 * So a small shell stands between: its standard input is a pipe only the parent holds open, and the end of that pipe
 * (by `stop` or by the parent's death, whatever the reason) makes it kill the engine. The shell is chosen over
 * Linux's parent death signal because it also works on macOS. The group is detached, so that Ctrl-C in a
 * terminal reaches the parent alone, which then ends things in its own order.
 */
import { spawn } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';

// dash and bash alike: the engine and the watcher are background jobs, file descriptor 3 is the parent's pipe. The
// shell itself says nothing: a word about the engine's end, into the pipe of a parent that is gone, would kill it
// before it has removed the folder.
const supervisor = `
folder=$1; shift
exec 3<&0 0</dev/null
"$@" 3<&- & engine=$!
(read -r line <&3; kill -KILL $engine) 2>/dev/null & watcher=$!
exec 3<&- >/dev/null 2>&1
wait $engine; status=$?
kill $watcher 2>/dev/null
wait $watcher 2>/dev/null
[ -z "$folder" ] || rm -rf -- "$folder"
exit $status
`;

const keptOutputChars = 2_000;
const firstProbeMs = 20;
/** A program that takes seconds to start is not slowed down by being asked. */
const slowestProbeMs = 250;
const stopTimeoutMs = 1_500;
/** The shell removes the folder by itself, also after this process's end: it is given the time to. */
const stopTimeoutWithFolderMs = 10_000;

export interface ChildProcess {
  /** Kills the program and resolves once it is gone. What it held is in memory, so there is nothing to flush. */
  stop(): Promise<void>;
}

export interface ChildProcessOptions {
  /** As messages name it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** What it may write to; removed after its end, whatever ended it. */
  readonly folder?: string;
  /** Whether it answers yet; a rejection means not yet. */
  readonly answers: () => Promise<boolean>;
  readonly readyTimeoutMs: number;
}

/** @throws {Error} with the program's last output when it ends, or does not answer, before the deadline. */
export async function startChildProcess(options: ChildProcessOptions): Promise<ChildProcess> {
  const { name, command, args, env, folder, answers, readyTimeoutMs } = options;
  const child = spawn('/bin/sh', ['-c', supervisor, name, folder ?? '', command, ...args], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: string) => {
    output = (output + chunk).slice(-keptOutputChars);
  };
  child.stdout.setEncoding('utf8').on('data', keep);
  child.stderr.setEncoding('utf8').on('data', keep);
  // The shell may be gone before its pipe is closed; that is what closing it asks for.
  child.stdin.on('error', () => undefined);
  let ended: string | undefined;
  const exit = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = `could not be started: ${error.message}`;
      resolve();
    });
    child.once('exit', (code) => {
      ended = `ended with status ${code}`;
      resolve();
    });
  });

  const stop = async (): Promise<void> => {
    child.stdin.end();
    const timeoutMs = folder === undefined ? stopTimeoutMs : stopTimeoutWithFolderMs;
    const slow = delay(timeoutMs, 'slow', { ref: false });
    if ((await Promise.race([exit, slow])) === 'slow' && child.pid !== undefined) {
      process.kill(-child.pid, 'SIGKILL');
      await exit;
    }
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };

  const deadline = performance.now() + readyTimeoutMs;
  let probeMs = firstProbeMs;
  while (!(await answers().catch(() => false)) || ended !== undefined) {
    if (ended !== undefined) throw new Error(`${name} ${ended} before it answered. ${lastOutput(output)}`);
    if (performance.now() > deadline) {
      await stop();
      throw new Error(`${name} did not answer within ${readyTimeoutMs} ms. ${lastOutput(output)}`);
    }
    await delay(probeMs);
    probeMs = Math.min(probeMs * 1.1, slowestProbeMs);
  }
  return { stop };
}

function lastOutput(output: string): string {
  return output.trim() === '' ? 'It printed nothing.' : `Its last output: ${output.trim()}`;
}
