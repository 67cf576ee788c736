import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { defaultPorts } from '../local/engines/ports.ts';

const root = join(import.meta.dirname, '..');
/** A machine that is busy with other tests takes its time. */
const startTimeoutMs = 120_000;

/** One `npm start` of the test, with its own ports, temporary folder and note, so that runs never meet. */
export interface Laptop {
  /** The variables under which its commands find it. */
  readonly environment: NodeJS.ProcessEnv;
  /** What it has printed so far. */
  output(): string;
  /** Resolves with the console's address, from the banner. */
  consoleUrl(): Promise<string>;
  /** Sends a signal; resolves with the exit code once the process is gone. */
  signal(name: NodeJS.Signals): Promise<number | null>;
  /** Linux only: commands of the processes that this start made and that still live, the first one included. */
  processes(): Promise<readonly string[]>;
  /** Linux only: `ADDRESS:PORT`, in hexadecimal as the kernel tells it, of every TCP socket on which they listen. */
  listening(): Promise<readonly string[]>;
  /** What is left in its folders for notes and temporary files. */
  leftovers(): Promise<readonly string[]>;
  /** A command of the project that goes on, in the environment of this start. */
  begin(args: readonly string[], variables?: Record<string, string>): ChildProcess;
  /** A command of the project, in the environment of this start. */
  run(
    args: readonly string[],
    variables?: Record<string, string>,
  ): Promise<{ code: number; out: string; error: string }>;
}

export async function startLaptop(
  cleanup: AsyncDisposableStack,
  options: { readonly args?: readonly string[]; readonly variables?: Readonly<Record<string, string>> } = {},
): Promise<Laptop> {
  const folder = await mkdtemp(join(tmpdir(), 'laptop-itest-'));
  cleanup.defer(() => rm(folder, { recursive: true, force: true }));
  const environment = {
    ...process.env,
    ...anyPorts(),
    ...options.variables,
    // Every process inherits them: they are also how this start's processes are known.
    TMPDIR: folder,
    TRIBUTARY_FOLDER: join(folder, 'note'),
  };
  const args = ['local/start.ts', ...(options.args ?? [])];
  const child = spawn(process.execPath, args, { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const exit = new Promise<number | null>((resolve) => child.once('exit', resolve));
  cleanup.defer(async () => {
    child.kill('SIGKILL');
    await exit;
  });
  const processIds = () => findProcesses(`TRIBUTARY_FOLDER=${environment.TRIBUTARY_FOLDER}`);
  return {
    environment,
    output: () => output,
    consoleUrl: async () => {
      const deadline = performance.now() + startTimeoutMs;
      for (;;) {
        const url = /^ *console +(http:\S+)$/m.exec(output)?.[1];
        if (url !== undefined) return url;
        if (performance.now() > deadline || child.exitCode !== null) throw new Error(`It did not start: ${output}`);
        await delay(20);
      }
    },
    signal: (name) => {
      child.kill(name);
      return exit;
    },
    processes: async () => Promise.all((await processIds()).map(commandOf)),
    listening: async () => (await Promise.all((await processIds()).map(listeningSockets))).flat(),
    leftovers: () => readdir(folder, { recursive: true }),
    begin: (args, variables) => spawn(process.execPath, args, { cwd: root, env: { ...environment, ...variables } }),
    run: (args, variables) =>
      new Promise((resolve) => {
        const env = { ...environment, ...variables };
        execFile(process.execPath, args, { cwd: root, env }, (failure, out, error) => {
          resolve({ code: failure === null ? 0 : Number(failure.code), out, error });
        });
      }),
  };
}

/** Waits for a value from a URL that answers JSON. */
export async function expectState<T>(url: string, holds: (state: T) => boolean): Promise<T> {
  let state: T | undefined;
  await expect
    .poll(
      async () => {
        state = (await (await fetch(url)).json()) as T;
        return holds(state);
      },
      { interval: 100 },
    )
    .toBe(true);
  if (state === undefined) throw new Error(`${url} never answered`);
  return state;
}

async function findProcesses(variable: string): Promise<number[]> {
  const ids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
  const found = await Promise.all(
    ids.map(async (id) => (await read(`/proc/${id}/environ`)).split('\0').includes(variable)),
  );
  return ids.filter((_, at) => found[at]);
}

async function commandOf(id: number): Promise<string> {
  return `${id} ${(await read(`/proc/${id}/cmdline`)).replaceAll('\0', ' ').trim()}`;
}

/** A process knows its sockets by inode, the kernel's tables know the address of each; state 0A is "listening". */
async function listeningSockets(id: number): Promise<string[]> {
  const names = await readdir(`/proc/${id}/fd`).catch(() => []);
  const targets = await Promise.all(names.map((name) => readlink(`/proc/${id}/fd/${name}`).catch(() => '')));
  const inodes = new Set(targets.map((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1]));
  const tables = await Promise.all([read(`/proc/${id}/net/tcp`), read(`/proc/${id}/net/tcp6`)]);
  return tables.flatMap((table) =>
    table.split('\n').flatMap((line) => {
      const [, address = '', , state, , , , , , inode] = line.trim().split(/\s+/);
      return state === '0A' && inodes.has(inode) ? [address] : [];
    }),
  );
}

/** Empty for a process that is gone, or is not ours. */
async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

/** Starts side by side: every service of either region takes whatever port is free. */
function anyPorts(): Record<string, string> {
  const variables = Object.keys(defaultPorts).flatMap((name) =>
    ['', '_2'].map((region) => `TRIBUTARY_PORT_${name.toUpperCase()}${region}`),
  );
  return Object.fromEntries(variables.map((variable) => [variable, '0']));
}
