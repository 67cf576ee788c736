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

/** A fault that has met work goes on no longer than this, whatever its writes are waiting for. */
const longestMetMs = 3000;

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
    const sending = startSending(sendMore);
    try {
      await runChapter(chapter, sending, options);
    } finally {
      chapter.end();
    }
    // Some writes wait for what the fault held up: they end only after it.
    await sending.idle();
    if (!chapter.met()) missed.push(chapter.name);
  }
  await send(steps.slice(sent));
  return missed;
}

async function runChapter<Step>(
  chapter: Chapter,
  sending: Sending,
  { leastMs, mostMs, signal }: ChapterOptions<Step>,
): Promise<void> {
  const began = performance.now();
  sending.more();
  let extra = 0;
  for (;;) {
    signal.throwIfAborted();
    const now = performance.now();
    if (now - began >= mostMs || (now - began >= leastMs && chapter.met() && sending.isIdle())) return;
    // What was sent under a fault that has met work may have to wait for the fault's end.
    if (now - began >= longestMetMs && chapter.met()) return;
    if (!chapter.met() && extra < extraShares && sending.idleForMs() >= patienceMs) {
      extra += 1;
      sending.more();
    }
    await delay(pollMs);
  }
}

interface Sending {
  /** Starts another share. */
  more(): void;
  isIdle(): boolean;
  idleForMs(): number;
  /** @throws what a share failed with. */
  idle(): Promise<void>;
}

function startSending(sendMore: () => Promise<void>): Sending {
  let running: Promise<void> | undefined;
  let failure: unknown;
  let idleSince = performance.now();
  const isIdle = () => {
    if (failure !== undefined) throw failure;
    return running === undefined;
  };
  return {
    more: () => {
      running = sendMore()
        .catch((error: unknown) => {
          failure = error;
        })
        .finally(() => {
          running = undefined;
          idleSince = performance.now();
        });
    },
    isIdle,
    idleForMs: () => (isIdle() ? performance.now() - idleSince : 0),
    idle: async () => {
      await running;
      isIdle();
    },
  };
}
