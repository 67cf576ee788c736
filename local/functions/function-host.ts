import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { Worker } from 'node:worker_threads';
import type { InvocationReply, InvocationRequest, InvocationResult } from './invocation.ts';

export interface FunctionHost {
  readonly name: string;
  /** Runs the handler; one event at a time is what an event source mapping sends, more are queued by the worker. */
  invoke(event: unknown): Promise<InvocationResult>;
  /** Ends the worker as a crashed execution environment would; invocations in flight fail. True if there were any. */
  kill(): boolean;
  /** Since the start; a killed invocation is an error. */
  stats(): { readonly invocations: number; readonly functionErrors: number };
  stop(): Promise<void>;
}

export interface FunctionHostOptions {
  readonly name: string;
  /** Path of the bundle that would be deployed. */
  readonly bundle: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutS: number;
  /** Every line that the function writes: log entries and embedded metrics. */
  readonly onLine: (line: string) => void;
}

interface Pending {
  readonly settle: (result: InvocationResult) => void;
}

/**
 * One function in a worker thread of its own, running the bundle that is deployed, as Lambda runs it: the environment
 * is only what the function is given, a timeout or a crash ends the worker, the next invocation starts a fresh one.
 */
export function startFunctionHost(options: FunctionHostOptions): FunctionHost {
  let worker: Worker | undefined;
  let pending = new Map<string, Pending>();
  let stopped = false;
  let invocations = 0;
  let functionErrors = 0;

  const discard = (message: string): boolean => {
    const interrupted = pending;
    const old = worker;
    worker = undefined;
    pending = new Map();
    void old?.terminate();
    for (const { settle } of interrupted.values()) settle(failed('Runtime.ExitError', message));
    return interrupted.size > 0;
  };

  const start = (): Worker => {
    const fresh = newWorker(options);
    fresh.on('message', (reply: InvocationReply) => {
      const waiting = pending.get(reply.id);
      pending.delete(reply.id);
      waiting?.settle(reply.result);
    });
    const lost = (message: string) => worker === fresh && discard(message);
    fresh.on('error', (error) => lost(error instanceof Error ? error.message : String(error)));
    fresh.on('exit', (code) => lost(`The function's process exited with code ${code}.`));
    return fresh;
  };

  return {
    name: options.name,
    invoke: (event) =>
      new Promise((resolve) => {
        if (stopped) return resolve(failed('Stopped', 'The function is being stopped.'));
        worker ??= start();
        invocations += 1;
        const id = randomUUID();
        const timeoutMs = options.timeoutS * 1000;
        const timer = setTimeout(() => discard(`Task timed out after ${options.timeoutS} seconds`), timeoutMs);
        pending.set(id, {
          settle: (result) => {
            clearTimeout(timer);
            if (result.kind === 'functionError') functionErrors += 1;
            resolve(result);
          },
        });
        const request: InvocationRequest = { id, event, deadlineMs: Date.now() + timeoutMs };
        worker.postMessage(request);
      }),
    kill: () => discard('The function was killed.'),
    stats: () => ({ invocations, functionErrors }),
    stop: async () => {
      stopped = true;
      const last = worker;
      discard('The function is being stopped.');
      await last?.terminate();
    },
  };
}

function failed(name: string, message: string): InvocationResult {
  return { kind: 'functionError', error: { name, message } };
}

function newWorker({ bundle, name, environment, onLine }: FunctionHostOptions): Worker {
  const worker = new Worker(new URL('./worker-entry.ts', import.meta.url), {
    workerData: { bundle, name },
    env: { ...environment },
    stdout: true,
    stderr: true,
  });
  // Nobody's exit waits for a function: what has to end first is stopped explicitly.
  worker.unref();
  readLines(worker.stdout, onLine);
  readLines(worker.stderr, onLine);
  return worker;
}

function readLines(stream: Readable, onLine: (line: string) => void): void {
  createInterface({ input: stream }).on('line', onLine);
}
