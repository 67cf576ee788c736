/** How much memory this process and its engines hold, and how far the consumers are behind, every few seconds. */
import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { heapBytes } from '../heap-bytes.ts';
import type { Pipeline } from '../pipeline/start-pipeline.ts';

/** One process, or several of a kind together. */
export interface ProcessMemory {
  readonly name: string;
  readonly rssBytes: number;
  /** Of a Java virtual machine. */
  readonly heapLimitBytes?: number;
}

export interface Sample {
  readonly processes: readonly ProcessMemory[];
  /** Of the main thread of this process, without its workers and without garbage. */
  readonly heapBytes: number;
  readonly lag: number;
}

export interface ProcessSeries {
  readonly name: string;
  /** From the first to the last sample. */
  readonly bytes: readonly number[];
  readonly heapLimitBytes?: number;
}

export interface Sampling {
  /** Takes a sample and tells of the ones since it was last asked. */
  endOfMinute(): Promise<{ lag: { most: number; atEnd: number }; rssBytes: number; heapBytes: number }>;
  stop(): Promise<readonly Sample[]>;
}

export const runner = 'runner';
/** Each takes a full collection of garbage, some hundred milliseconds. */
const everyMs = 10_000;
const kibibyte = 1024;
const mebibyte = 1024 * 1024;

const engines: readonly (readonly [name: string, command: RegExp])[] = [
  ['dynoxide', /\/dynoxide serve /],
  ['Kinesis', /\/engines\/kinesis\/main\.ts /],
  ['DynamoDB Local', /DynamoDBLocal\.jar/],
  ['OpenSearch', / OpenSearchMain /],
];

export function startSampling(pipeline: Pipeline): Sampling {
  const samples: Sample[] = [];
  const stopped = new AbortController();
  let told = 0;
  const sample = async (): Promise<Sample> => {
    const processes = await readProcesses();
    const taken = { processes, heapBytes: heapBytes(), lag: lagOf(pipeline) };
    samples.push(taken);
    return taken;
  };
  const sampling = (async () => {
    while (!stopped.signal.aborted) {
      await sample();
      await delay(everyMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    }
  })();
  // Its failure is told when it is stopped.
  sampling.catch(() => undefined);
  return {
    async endOfMinute() {
      const { lag: atEnd, processes, heapBytes } = await sample();
      const most = Math.max(...samples.slice(told).map(({ lag }) => lag));
      told = samples.length;
      const rssBytes = processes.reduce((sum, each) => sum + each.rssBytes, 0);
      return { lag: { most, atEnd }, rssBytes, heapBytes };
    },
    async stop() {
      stopped.abort();
      await sampling;
      return samples;
    },
  };
}

/** By process; the heap of this one is a series of its own. */
export function toSeries(samples: readonly Sample[]): readonly ProcessSeries[] {
  const names = [...new Set(samples.flatMap(({ processes }) => processes.map(({ name }) => name)))];
  const series = names.map((name) => {
    const own = samples.flatMap(({ processes }) => processes.filter((each) => each.name === name));
    const limit = own[0]?.heapLimitBytes;
    const bytes = own.map(({ rssBytes }) => rssBytes);
    return { name, bytes, ...(limit === undefined ? {} : { heapLimitBytes: limit }) };
  });
  return [...series, { name: `${runner}, its heap`, bytes: samples.map(({ heapBytes }) => heapBytes) }];
}

function lagOf({ regions }: Pipeline): number {
  return regions
    .flatMap(({ consumers, destination }) => [
      destination.stats().behind,
      ...consumers.map((consumer) => consumer.status().behind ?? 0),
    ])
    .reduce((sum, behind) => sum + behind, 0);
}

async function readProcesses(): Promise<readonly ProcessMemory[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,rss=,args='], {
    maxBuffer: 64 * mebibyte,
  });
  return [{ name: runner, rssBytes: process.memoryUsage.rss() }, ...enginesIn(stdout, process.pid)];
}

/** Of what `ps` printed, the engines that descend from a process; those of a kind are added up. */
export function enginesIn(printed: string, ancestor: number): readonly ProcessMemory[] {
  const rows = printed.split('\n').flatMap((line) => {
    const [, pid, parent, rss, args = ''] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    return pid === undefined ? [] : [{ pid: Number(pid), parent: Number(parent), rss: Number(rss), args }];
  });
  const parents = new Map(rows.map(({ pid, parent }) => [pid, parent]));
  const descends = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === ancestor || descends(parents.get(pid)));
  return engines.flatMap(([name, command]) => {
    // The shell that watches over an engine has the engine's command among its arguments.
    const own = rows.filter(({ pid, args }) => command.test(args) && !args.startsWith('/bin/sh ') && descends(pid));
    if (own.length === 0) return [];
    const limits = own.flatMap(({ args }) => /-Xmx(\d+)m/.exec(args)?.[1] ?? []);
    const heapLimitBytes = limits.reduce((sum, limit) => sum + Number(limit) * mebibyte, 0);
    const rssBytes = own.reduce((sum, { rss }) => sum + rss * kibibyte, 0);
    return [{ name, rssBytes, ...(limits.length === 0 ? {} : { heapLimitBytes }) }];
  });
}
