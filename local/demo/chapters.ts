/**
 * A run is divided into chapters, one per fault: while a chapter's fault is on, its share of the writes is sent, and
 * the next chapter begins when the fault has met real work. So every fault hits something, in a small run as in a
 * large one, and each has its own bounded while.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Chapter {
  /** For people, such as `search-index: opensearch refuses`. */
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

/** Sends all steps in order, in equal shares: one per chapter and a last one without any fault. */
export async function runChapters<Step>(options: ChapterOptions<Step>): Promise<void> {
  const { chapters, steps, send, onChapter } = options;
  const shares = chapters.length + 1;
  const share = (number: number) =>
    steps.slice(Math.floor((steps.length * number) / shares), Math.floor((steps.length * (number + 1)) / shares));
  for (const [number, chapter] of chapters.entries()) {
    onChapter(chapter.name);
    chapter.begin();
    try {
      await Promise.all([send(share(number)), last(chapter, options)]);
    } finally {
      chapter.end();
    }
  }
  await send(share(chapters.length));
}

async function last(chapter: Chapter, options: Omit<ChapterOptions<never>, 'send' | 'steps'>): Promise<void> {
  const began = performance.now();
  for (;;) {
    options.signal.throwIfAborted();
    const elapsedMs = performance.now() - began;
    if (elapsedMs >= options.mostMs || (elapsedMs >= options.leastMs && chapter.met())) return;
    await delay(pollMs);
  }
}
