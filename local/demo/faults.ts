/** The faults that a run can ask for, and what each must prove: that it was injected and that the pipeline noticed. */
import type { CrashMoment, FaultMode, FaultProxy } from '../faults/fault-proxy.ts';
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

/** A chapter of one of the faults that a run asks for. */
export interface FaultChapter extends Chapter {
  readonly fault: FaultName;
}

interface ChapterParts {
  readonly fault: FaultName;
  readonly name: string;
  readonly between: readonly FaultProxy[];
  readonly begin: () => void;
  /** How often the fault has been injected so far; it has met work when each of the counts has grown. */
  readonly counts: () => readonly number[];
  /** How long it lasts from then on. */
  readonly forMs?: number;
}

/** May begin again: what counts is what it meets since it last began. */
function chapterOf({ fault, name, between, begin, counts, forMs = 0 }: ChapterParts): FaultChapter {
  let before: readonly number[] = [];
  let metAtMs: number | undefined;
  return {
    fault,
    name,
    begin: () => {
      before = counts();
      metAtMs = undefined;
      begin();
    },
    met: () => {
      const nowMs = performance.now();
      if (counts().every((count, at) => count > (before[at] ?? 0))) metAtMs ??= nowMs;
      return metAtMs !== undefined && nowMs - metAtMs >= forMs;
    },
    end: () => {
      for (const proxy of between) proxy.clear();
    },
  };
}

/** The bucket refuses the first dead letters: a record must not count as resolved by one that was not stored. */
export function deadLetterOutage(proxies: Proxies): FaultChapter {
  const proxy = proxies.get('search-index', 's3');
  return chapterOf({
    fault: 'sink-outage',
    name: 's3 refuses dead letters of search-index',
    between: [proxy],
    begin: () => proxy.fail('refuse'),
    counts: () => [proxy.injected().refuse],
    forMs: deadLetterOutageMs,
  });
}

/** Each sink in turn refuses, throttles, and drops replies of writes that it has applied. */
export function outageChapters(proxies: Proxies): FaultChapter[] {
  return sinks.flatMap(({ consumers, service }) =>
    modes.map((mode) => {
      const between = consumers.map((consumer) => proxies.get(consumer, service));
      return chapterOf({
        fault: 'sink-outage',
        name: `${service} ${modeInWords[mode]} for ${consumers.join(' and ')}`,
        between,
        begin: () => {
          for (const proxy of between) proxy.fail(mode);
        },
        counts: () => [together(between, (injected) => injected[mode])],
      });
    }),
  );
}

/** Neither region hears of the other for a while. */
export function partition(proxies: Proxies, replicators: readonly string[]): FaultChapter {
  const between = replicators.map((replicator) => proxies.get(replicator, 'remoteDynamodb'));
  return chapterOf({
    fault: 'partition',
    name: 'the regions are cut off from each other',
    between,
    begin: () => {
      for (const proxy of between) proxy.fail('refuse');
    },
    counts: () => between.map((proxy) => proxy.injected().refuse),
    forMs: cutOffMs,
  });
}

function together(
  between: readonly FaultProxy[],
  count: (injected: ReturnType<FaultProxy['injected']>) => number,
): number {
  return between.reduce((sum, proxy) => sum + count(proxy.injected()), 0);
}

export interface Crashes {
  readonly chapters: readonly FaultChapter[];
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
      const watched = consumers.map((consumer) => ({ consumer, proxy: proxies.get(consumer, service) }));
      const between = watched.map(({ proxy }) => proxy);
      return chapterOf({
        fault: 'crash',
        name: `${consumers.join(' or ')} is killed ${momentInWords[moment]} to ${service}`,
        between,
        begin: () => {
          for (const { consumer, proxy } of watched) proxy.crashAtNextWrite(moment, () => kill(consumer));
        },
        counts: () => [together(between, (injected) => injected[moment])],
      });
    }),
  );
  return { chapters, count: () => ({ ...count }) };
}
