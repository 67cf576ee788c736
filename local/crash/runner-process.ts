import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { Place } from '../pipeline/pipeline-options.ts';
import type { FromRunner, RunnerPlan, ToRunner } from './runner-messages.ts';

export interface Runner {
  /** Resolves when it works. @throws {Error} when it ends before that by itself, again and again. */
  start(): Promise<void>;
  /** kill -9; resolves once it is gone. At once: whoever calls it need not wait. */
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
  /** Resolves when every event that SES has sent is with its function. */
  readonly eventsArrived: () => Promise<void>;
}

const keptOutputChars = 2_000;
const startsAtMost = 3;

type Answered = Extract<FromRunner, { readonly done: boolean }>;

export function createRunner({ program, plan, eventsArrived }: RunnerOptions): Runner {
  let child: ChildProcess | undefined;
  let death: string | undefined;
  let calls = 0;
  const pending = new Map<number, (done: boolean) => void>();

  function send(message: ToRunner): void {
    // It may be dead already: then its end answers.
    if (child?.connected === true) child.send(message, () => undefined);
  }

  function call(message: (id: number) => ToRunner): Promise<boolean> {
    if (child === undefined) return Promise.resolve(false);
    calls += 1;
    const id = calls;
    return new Promise((resolve) => {
      pending.set(id, resolve);
      send(message(id));
    });
  }

  function answer({ id, done }: Answered): void {
    pending.get(id)?.(done);
    pending.delete(id);
  }

  /** Answers why it did not come up; undefined when it did, or was killed meanwhile. */
  function startOnce(): Promise<string | undefined> {
    const started = fork(program, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    child = started;
    let output = '';
    for (const stream of [started.stdout, started.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk: string) => {
        output = (output + chunk).slice(-keptOutputChars);
      });
    }
    const up = Promise.withResolvers<string | undefined>();
    started.on('message', (message: FromRunner) => {
      if (message.kind === 'ready') up.resolve(undefined);
      else if (message.kind === 'failed') up.resolve(message.reason);
      else if (message.kind !== 'eventsArrived?') answer(message);
      else void eventsArrived().then(() => child === started && send({ kind: 'eventsArrived', id: message.id }));
    });
    started.once('exit', (code, signal) => {
      const killed = signal === 'SIGKILL';
      const words = `the runner ended with ${signal ?? `status ${code}`}: ${output.trim()}`;
      if (child === started) child = undefined;
      if (!killed) death ??= words;
      for (const resolve of pending.values()) resolve(false);
      pending.clear();
      up.resolve(killed ? undefined : words);
    });
    send({ kind: 'start', plan });
    return up.promise;
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
    killWorker: (place) => call((id) => ({ kind: 'killWorker', id, place })),
    async deliver(event) {
      const taken = await call((id) => ({ kind: 'emailEvent', id, event }));
      if (!taken) throw new Error('The event was not taken.');
    },
    diedOf: () => death,
  };
}
