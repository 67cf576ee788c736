/** The faults that a run can ask for, and what each must prove: that it was injected and that the pipeline noticed. */
import type { CrashMoment, FaultMode } from '../faults/fault-proxy.ts';
import type { Proxies } from '../faults/proxies.ts';
import type { FaultyService } from '../faults/service-faults.ts';
import type { Chapter } from './chapters.ts';

export const faultNames = ['duplicates', 'sink-outage', 'poison', 'crash', 'conflict', 'partition', 'skew'] as const;
export type FaultName = (typeof faultNames)[number];

export interface FaultReport {
  readonly injected: number;
  /** Evidence from the pipeline's side. */
  readonly observed: number;
  readonly evidence: string;
  /** Parts of the fault that met nothing. */
  readonly missed: readonly string[];
}

/** A sink with the functions that write to it. */
interface Place {
  readonly consumers: readonly string[];
  readonly service: FaultyService;
}

const sinks: readonly Place[] = [
  // When SES does not answer well, welcome-email leaves sending to its settler for a while.
  { consumers: ['welcome-email', 'email-settler'], service: 'ses' },
  { consumers: ['welcome-email'], service: 'dynamodb' },
  { consumers: ['aggregates'], service: 'dynamodb' },
  { consumers: ['search-index'], service: 'opensearch' },
  { consumers: ['replicator'], service: 'remoteDynamodb' },
];
/** Where dead letters go that must not be counted as stored. */
const deadLetters: Place = { consumers: ['search-index'], service: 's3' };

/** Whether a fault may come between the two: a way through a proxy costs as much as the call itself. */
export function mayFail(consumer: string, service: string): boolean {
  return [...sinks, deadLetters].some((place) => place.service === service && place.consumers.includes(consumer));
}

const modes: readonly FaultMode[] = ['refuse', 'throttle', 'dropReply'];
const modeInWords = { refuse: 'refuses', throttle: 'throttles', dropReply: 'loses replies' } as const;
const moments: readonly CrashMoment[] = ['before', 'after', 'late'];
const momentInWords = {
  before: 'before a write',
  after: 'between a write and its reply',
  late: 'and its write lands late',
} as const;

/** Longer than the SDK repeats a store by itself. */
const deadLetterOutageMs = 3000;
/** Longer than the SDK repeats a write by itself, so that a replicator has to give changes back. */
const cutOffMs = 1500;

/** The bucket refuses the first dead letters: a record must not count as resolved by one that was not stored. */
export function deadLetterOutage(proxies: Proxies): Chapter {
  const proxy = proxies.get('search-index', 's3');
  return {
    name: 's3 refuses dead letters of search-index',
    begin: () => proxy.fail('refuse'),
    met: metFor(deadLetterOutageMs, () => proxy.injected().refuse > 0),
    end: () => proxy.clear(),
  };
}

/** Whether it is so long ago that a fault was first seen to meet work. */
function metFor(durationMs: number, isMet: () => boolean): () => boolean {
  let firstMs: number | undefined;
  return () => {
    const nowMs = performance.now();
    if (isMet()) firstMs ??= nowMs;
    return firstMs !== undefined && nowMs - firstMs >= durationMs;
  };
}

/** Each sink in turn refuses, throttles, and drops replies of writes that it has applied. */
export function outageChapters(proxies: Proxies): Chapter[] {
  return sinks.flatMap(({ consumers, service }) =>
    modes.map((mode) => {
      const between = consumers.map((consumer) => proxies.get(consumer, service));
      return {
        name: `${service} ${modeInWords[mode]} for ${consumers.join(' and ')}`,
        begin: () => {
          for (const proxy of between) proxy.fail(mode);
        },
        met: () => between.some((proxy) => proxy.injected()[mode] > 0),
        end: () => {
          for (const proxy of between) proxy.clear();
        },
      };
    }),
  );
}

/** Neither region hears of the other for a while. */
export function partition(proxies: Proxies, replicators: readonly string[]): Chapter {
  const between = replicators.map((replicator) => proxies.get(replicator, 'remoteDynamodb'));
  const refusals = () => between.map((proxy) => proxy.injected().refuse);
  // An outage of its sink may have met a replicator before.
  let before: readonly number[] = [];
  return {
    name: 'the regions are cut off from each other',
    begin: () => {
      before = refusals();
      for (const proxy of between) proxy.fail('refuse');
    },
    met: metFor(cutOffMs, () => refusals().every((count, at) => count > (before[at] ?? 0))),
    end: () => {
      for (const proxy of between) proxy.clear();
    },
  };
}

export interface Crashes {
  readonly chapters: readonly Chapter[];
  /** Workers killed so far, and how many of them had an invocation in flight. */
  count(): { readonly killed: number; readonly inFlight: number };
}

/** Each consumer's worker is killed in the middle of a batch, at every moment that a write knows. */
export function crashChapters(proxies: Proxies, killWorker: (consumer: string) => boolean): Crashes {
  const count = { killed: 0, inFlight: 0 };
  const kill = (consumer: string) => {
    count.killed += 1;
    if (killWorker(consumer)) count.inFlight += 1;
  };
  const chapters = sinks.flatMap(({ consumers, service }) =>
    moments.map((moment) => {
      const between = consumers.map((consumer) => ({ consumer, proxy: proxies.get(consumer, service) }));
      return {
        name: `${consumers.join(' or ')} is killed ${momentInWords[moment]} to ${service}`,
        begin: () => {
          for (const { consumer, proxy } of between) proxy.crashAtNextWrite(moment, () => kill(consumer));
        },
        met: () => between.some(({ proxy }) => proxy.injected()[moment] > 0),
        end: () => {
          for (const { proxy } of between) proxy.clear();
        },
      };
    }),
  );
  return { chapters, count: () => ({ ...count }) };
}
