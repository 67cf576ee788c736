import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Place } from '../pipeline/pipeline-options.ts';
import type { FromRunner, RunnerPlan, ToRunner } from './runner-messages.ts';

export interface Runner {
  /** Resolves when it works. @throws {Error} when it ends before that by itself, again and again. */
  start(): Promise<void>;
  /** kill -9, at once; resolves when it is gone. */
  kill(): Promise<void>;
  /** Answers whether an invocation was under way. */
  killWorker(place: Place): Promise<boolean>;
  /** @throws {Error} when the function has not taken the event. */
  deliver(event: unknown): Promise<void>;
  /** Why it ended although nobody killed it; undefined when it did not. */
  diedOf(): string | undefined;
}

export interface RunnerOptions {
  /** Path of `runner.ts`. */
  readonly program: string;
  readonly plan: RunnerPlan;
  /** Folder in which a runner leaves its compiled sources for the next one: most of a start is compiling them. */
  readonly compiled: string;
  /** Resolves when every event that SES has sent is with its function. */
  readonly eventsArrived: () => Promise<void>;
}

const keptOutputChars = 2_000;
const startsAtMost = 3;

export function createRunner(options: RunnerOptions): Runner {
  const calls = createCalls();
  let child: ChildProcess | undefined;
  let death: string | undefined;

  async function startOnce(): Promise<string | undefined> {
    const { process: started, up, ended } = launch(options, calls.answer);
    child = started;
    void ended.then(({ killed, words }) => {
      if (child === started) child = undefined;
      if (!killed) death ??= words;
      calls.fail();
    });
    return up;
  }

  async function kill(): Promise<void> {
    const killed = child;
    if (killed === undefined) return;
    const gone = once(killed, 'exit');
    killed.kill('SIGKILL');
    await gone;
  }

  return {
    async start() {
      let problem: string | undefined;
      for (let attempt = 0; attempt < startsAtMost; attempt += 1) {
        problem = await startOnce();
        if (problem === undefined) return;
        await kill();
      }
      throw new Error(`The runner did not start: ${problem}`);
    },
    kill,
    killWorker: (place) => calls.make(child, (id) => ({ kind: 'killWorker', id, place })),
    async deliver(event) {
      const taken = await calls.make(child, (id) => ({ kind: 'emailEvent', id, event }));
      if (!taken) throw new Error('The event was not taken.');
    },
    diedOf: () => death,
  };
}

type Answer = Extract<FromRunner, { readonly done: boolean }>;

/** Questions to a runner and its answers; its end is a no to all of them. */
function createCalls() {
  const pending = new Map<number, (done: boolean) => void>();
  let made = 0;
  return {
    make(child: ChildProcess | undefined, message: (id: number) => ToRunner): Promise<boolean> {
      if (child === undefined) return Promise.resolve(false);
      made += 1;
      const id = made;
      return new Promise((resolve) => {
        pending.set(id, resolve);
        send(child, message(id));
      });
    },
    answer({ id, done }: Answer): void {
      pending.get(id)?.(done);
      pending.delete(id);
    },
    fail(): void {
      for (const resolve of pending.values()) resolve(false);
      pending.clear();
    },
  };
}

interface Launched {
  readonly process: ChildProcess;
  /** Resolves with why it did not come up; with undefined when it did, or was killed before. */
  readonly up: Promise<string | undefined>;
  readonly ended: Promise<{ readonly killed: boolean; readonly words: string }>;
}

function launch(
  { program, plan, compiled, eventsArrived }: RunnerOptions,
  onAnswer: (answer: Answer) => void,
): Launched {
  const child = fork(program, {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    execArgv: [],
    env: { ...process.env, NODE_COMPILE_CACHE: compiled },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      output = (output + chunk).slice(-keptOutputChars);
    });
  }
  const up = Promise.withResolvers<string | undefined>();
  const ended = once(child, 'exit').then(([code, signal]: unknown[]) => {
    const killed = signal === 'SIGKILL';
    const words = `the runner ended with ${signal ?? `status ${code}`}: ${output.trim()}`;
    up.resolve(killed ? undefined : words);
    return { killed, words };
  });
  child.on('message', (message: FromRunner) => {
    if (message.kind === 'ready') up.resolve(undefined);
    else if (message.kind === 'failed') up.resolve(message.reason);
    else if (message.kind !== 'eventsArrived?') onAnswer(message);
    else void eventsArrived().then(() => send(child, { kind: 'eventsArrived', id: message.id }));
  });
  send(child, { kind: 'start', plan });
  return { process: child, up: up.promise, ended };
}

/** To one that may be dead already: then its end is the answer. */
function send(child: ChildProcess, message: ToRunner): void {
  if (child.connected) child.send(message, () => undefined);
}
