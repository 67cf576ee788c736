/**
 * A run is divided into chapters, one per fault: while a chapter's fault is on, its share of the writes is sent, and
 * the next chapter begins when the fault has met real work. So every fault hits something, in a small run as in a
 * large one, and each has its own bounded while.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Chapter {
  /** For people, such as `opensearch refuses for search-index`. */
  readonly name: string;
  begin(): void;
  /** Whether the fault has met work. */
  met(): boolean;
  /** Takes the fault back. */
  end(): void;
}

export interface ChapterOptions<Step> {
  readonly chapters: readonly Chapter[];
  readonly steps: readonly Step[];
  readonly send: (steps: readonly Step[]) => Promise<void>;
  /** A fault lasts at least so long, even if it meets work at once. */
  readonly leastMs: number;
  /** A fault that has met nothing by then is taken back; the report shows it. */
  readonly mostMs: number;
  readonly signal: AbortSignal;
  readonly onChapter: (name: string) => void;
}

const pollMs = 20;

/** A fault that has met nothing for so long gets another share, a few times, at the expense of later chapters. */
const patienceMs = 1000;
const extraShares = 3;

/**
 * Sends all steps in order, in equal shares: one per chapter and a last one without any fault. Answers the names of the
 * chapters whose fault met nothing.
 */
export async function runChapters<Step>(options: ChapterOptions<Step>): Promise<string[]> {
  const { chapters, steps, send, onChapter } = options;
  const missed: string[] = [];
  let sent = 0;
  for (const [number, chapter] of chapters.entries()) {
    const share = Math.floor((steps.length - sent) / (chapters.length - number + 1));
    const sendMore = async () => {
      const from = sent;
      sent = Math.min(steps.length, sent + Math.max(1, share));
      await send(steps.slice(from, sent));
    };
    onChapter(chapter.name);
    chapter.begin();
    try {
      await runChapter(chapter, sendMore, options);
    } finally {
      chapter.end();
    }
    if (!chapter.met()) missed.push(chapter.name);
  }
  await send(steps.slice(sent));
  return missed;
}

async function runChapter<Step>(
  chapter: Chapter,
  sendMore: () => Promise<void>,
  { leastMs, mostMs, signal }: ChapterOptions<Step>,
): Promise<void> {
  const began = performance.now();
  await sendMore();
  let lastSent = performance.now();
  let extra = 0;
  for (;;) {
    signal.throwIfAborted();
    const now = performance.now();
    if (now - began >= mostMs || (now - began >= leastMs && chapter.met())) return;
    if (!chapter.met() && extra < extraShares && now - lastSent >= patienceMs) {
      extra += 1;
      await sendMore();
      lastSent = performance.now();
    }
    await delay(pollMs);
  }
}
