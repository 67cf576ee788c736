import { setTimeout as delay } from 'node:timers/promises';
import type { FaultChapter } from '../demo/faults.ts';
import { mostFaultMs } from '../demo/write-in-chapters.ts';
import { inMb } from './judge-memory.ts';
import type { Sampling } from './memory-samples.ts';

/** What happened in a minute of a soak. */
export interface MinuteOfFault {
  readonly minute: number;
  readonly fault: string;
  /** Since the fault began; absent when it met nothing. */
  readonly metAfterMs?: number;
  /** That the table had answered for. */
  readonly writes: number;
  /** Records that consumers had not dealt with, at the worst moment and at the end of the minute. */
  readonly lag: { readonly most: number; readonly atEnd: number };
  /** Of all processes together, at the end of the minute. */
  readonly rssBytes: number;
  /** Of the main thread of the runner, at the end of the minute, without garbage. */
  readonly heapBytes: number;
}

interface FaultEachMinute {
  readonly chapters: readonly FaultChapter[];
  readonly count: number;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly sampling: Sampling;
  readonly written: () => number;
}

const minuteMs = 60_000;
/** The pipeline is at rest when a fault begins, and has the most of a minute to come to rest again. */
const beginAfterMs = 5000;
const pollMs = 20;

/** Takes turns through the chapters, a minute each. */
export async function faultEachMinute(options: FaultEachMinute): Promise<readonly MinuteOfFault[]> {
  const { chapters, count, signal, say, sampling, written } = options;
  const turns = inTurns(chapters);
  const began = performance.now();
  const minutes: MinuteOfFault[] = [];
  let before = 0;
  for (let minute = 1; minute <= count; minute += 1) {
    const chapter = turns[(minute - 1) % turns.length];
    if (chapter === undefined) throw new Error('There is no fault to inject.');
    await delay(beginAfterMs, undefined, { signal });
    const metAfterMs = await runFault(chapter, signal);
    await delay(Math.max(0, began + minute * minuteMs - performance.now()), undefined, { signal });
    const { lag, rssBytes, heapBytes } = await sampling.endOfMinute();
    const writes = written() - before;
    before += writes;
    const ended = { minute, fault: chapter.name, writes, lag, rssBytes, heapBytes };
    minutes.push({ ...ended, ...(metAfterMs === undefined ? {} : { metAfterMs }) });
    const memory = `${inMb(rssBytes)} MB, ${inMb(heapBytes)} of them the heap of the runner`;
    const met = metAfterMs === undefined ? 'met nothing' : `met after ${(metAfterMs / 1000).toFixed(1)} s`;
    say(`  ${minute}: ${chapter.name}, ${met}; ${writes} writes, lag ${lag.atEnd} (${lag.most} at worst), ${memory}`);
  }
  return minutes;
}

/** First those that are alone of their kind, then one of a kind after one of another. */
function inTurns(chapters: readonly FaultChapter[]): readonly FaultChapter[] {
  const kinds = [...Map.groupBy(chapters, ({ fault }) => fault).values()];
  kinds.sort((a, b) => a.length - b.length);
  const [longest = []] = kinds.slice(-1);
  return longest.flatMap((_, at) => kinds.flatMap((kind) => kind[at] ?? []));
}

/** Answers after how long the fault met work. */
async function runFault(chapter: FaultChapter, signal: AbortSignal): Promise<number | undefined> {
  const began = performance.now();
  chapter.begin();
  try {
    for (;;) {
      const passedMs = performance.now() - began;
      if (chapter.met()) return passedMs;
      if (passedMs > mostFaultMs) return undefined;
      await delay(pollMs, undefined, { signal });
    }
  } finally {
    chapter.end();
  }
}
