import type { DeadLetter, DeadLetterStore } from '../batch/dead-letter.ts';
import { PoisonRecordError, RetryableError } from '../batch/errors.ts';
import type { Cut, EachSink, NewestSink, Outcome, RangeSink } from '../batch/sink.ts';
import { keyText } from '../change/key-text.ts';
import { changeIdentity, localOrder } from '../change/version.ts';

/**
 * The smallest sinks that keep the contract of each strategy, for tests of the batch layer. Requests are texts. A fault
 * is asked for before every call: `refuse` fails it untouched, `loseReply` applies it and fails, `move` (range) lets
 * somebody else commit nothing in between.
 */
export type Fault = 'none' | 'refuse' | 'loseReply' | 'move';
export type Faults = () => Fault;

export const noFaults: Faults = () => 'none';

export interface RangeWorld {
  readonly sink: RangeSink<string>;
  readonly commits: Cut<string, unknown>[];
  /** Requests in the order in which they were counted. */
  readonly counted: string[];
  opens: number;
  last: string | undefined;
}

/** A cut takes `capacity` entries; requests that start with `refused` are refused as invalid. */
export function rangeWorld(options: { readonly capacity?: number; readonly faults?: Faults } = {}): RangeWorld {
  const faults = options.faults ?? noFaults;
  const world: RangeWorld = {
    commits: [],
    counted: [],
    opens: 0,
    last: undefined,
    sink: {
      strategy: 'range',
      open: async () => {
        world.opens += 1;
        if (faults() === 'refuse') throw new RetryableError('sink-throttled', 'throttled');
        return { cursor: world.last ?? 'none', ...(world.last === undefined ? {} : { last: world.last }) };
      },
      cutLength: (entries) => Math.min(entries.length, options.capacity ?? 10),
      commit: async (cut) => {
        const fault = faults();
        if (fault === 'refuse') throw new RetryableError('sink-throttled', 'throttled');
        if (fault === 'move' || cut.cursor !== (world.last ?? 'none')) return { kind: 'moved' };
        const refused = cut.entries.find(({ request }) => request.startsWith('refused'));
        if (refused) return { kind: 'refused', reason: `cannot hold ${refused.request}` };
        world.commits.push(cut);
        world.counted.push(...cut.entries.map(({ request }) => request));
        world.last = cut.last;
        if (fault === 'loseReply') throw new RetryableError('sink-unavailable', 'reply lost');
        return { kind: 'committed', cursor: cut.last };
      },
    },
  };
  return world;
}

export interface NewestWorld {
  readonly sink: NewestSink<string>;
  /** By key: what the destination holds. */
  readonly documents: Map<string, { readonly version: number; readonly identity: string; readonly request: string }>;
  /** Requests of every call, `!` after those that were tied. */
  readonly calls: string[][];
  /** Versions applied, by key, in order. */
  readonly applied: Map<string, number[]>;
}

/** Requests that start with `refused` are poison. */
export function newestWorld(faults: Faults = noFaults): NewestWorld {
  const world: NewestWorld = {
    documents: new Map(),
    calls: [],
    applied: new Map(),
    sink: {
      strategy: 'newest',
      compare: (a, b) => localOrder(a) - localOrder(b),
      apply: async (requests) => {
        world.calls.push(requests.map(({ request, tied }) => `${request}${tied ? '!' : ''}`));
        const fault = faults();
        if (fault === 'refuse') throw new RetryableError('sink-throttled', 'throttled');
        const outcomes = requests.map((request) => put(world, request));
        if (fault === 'loseReply') throw new RetryableError('sink-unavailable', 'reply lost');
        return outcomes;
      },
    },
  };
  return world;
}

function put(world: NewestWorld, { change, request }: Parameters<NewestSink<string>['apply']>[0][number]): Outcome {
  if (request.startsWith('refused')) {
    return { kind: 'poison', error: poison(`cannot hold ${request}`) };
  }
  const key = keyText(change.keys);
  const version = localOrder(change);
  const identity = changeIdentity(change);
  const held = world.documents.get(key);
  if (held && held.version > version) return { kind: 'stale' };
  if (held && held.version === version && held.identity === identity) return { kind: 'duplicate' };
  world.documents.set(key, { version, identity, request });
  world.applied.set(key, [...(world.applied.get(key) ?? []), version]);
  return { kind: 'applied' };
}

export interface EachWorld {
  readonly sink: EachSink<string>;
  /** How often each request took effect. */
  readonly taken: Map<string, number>;
  readonly started: string[];
  runningMax: number;
}

/** Requests that start with `refused` are poison. */
export function eachWorld(options: { readonly concurrency?: number; readonly faults?: Faults } = {}): EachWorld {
  const faults = options.faults ?? noFaults;
  let running = 0;
  const world: EachWorld = {
    taken: new Map(),
    started: [],
    runningMax: 0,
    sink: {
      strategy: 'each',
      concurrency: options.concurrency ?? 4,
      apply: async ({ request }) => {
        world.started.push(request);
        running += 1;
        world.runningMax = Math.max(world.runningMax, running);
        await Promise.resolve();
        running -= 1;
        if (request.startsWith('refused')) throw poison(`cannot hold ${request}`);
        const fault = faults();
        if (fault === 'refuse') throw new RetryableError('sink-throttled', 'throttled');
        if (world.taken.has(request)) return { kind: 'duplicate' };
        world.taken.set(request, 1);
        if (fault === 'loseReply') throw new RetryableError('sink-unavailable', 'reply lost');
        return { kind: 'applied' };
      },
    },
  };
  return world;
}

function poison(message: string): PoisonRecordError {
  return new PoisonRecordError('sink-rejected', message);
}

/** Dead letters in memory: one per consumer and record, however often it is stored. */
export function deadLetterBox(faults: Faults = noFaults) {
  const letters = new Map<string, DeadLetter>();
  const store: DeadLetterStore = {
    store: async (letter) => {
      const fault = faults();
      if (fault === 'refuse') throw new Error('bucket is away');
      letters.set(`${letter.consumer}/${letter.position.sequenceNumber}`, letter);
      if (fault === 'loseReply') throw new Error('reply lost');
    },
  };
  return { store, letters };
}
