import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** What the console shows; it reads and never writes, so it can look at anything that answers these questions. */
export interface ConsoleSource {
  services(): readonly { readonly service: string; readonly backedBy: string; readonly url: string }[];
  consumers(): Promise<readonly ConsumerView[]>;
  totals(): Promise<readonly TotalView[]>;
  outbox(): Promise<OutboxView>;
  deadLetters(): Promise<DeadLettersView>;
  /** Documents that readers see: those that match the words, or the latest ones for an empty query. */
  search(words: string): Promise<SearchView>;
}

export interface ConsumerView {
  readonly name: string;
  readonly summary: string;
  /** Records behind the tip of the source; undefined for functions without a mapping. */
  readonly behind?: number;
  readonly iteratorAgeMs?: number;
  readonly invocations: number;
  readonly functionErrors: number;
  /** Records by what became of them. */
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface TotalView {
  readonly total: string;
  readonly groups: readonly {
    readonly group: string;
    readonly count: string;
    readonly sums: Readonly<Record<string, string>>;
  }[];
}

export interface OutboxView {
  readonly total: number;
  readonly latest: readonly {
    readonly to: string;
    readonly subject: string;
    readonly at: string;
  }[];
}

export interface DeadLettersView {
  readonly total: number;
  readonly latest: readonly {
    readonly consumer: string;
    readonly sequenceNumber: string;
    readonly code: string;
    readonly message: string;
    readonly firstSeen: string;
  }[];
}

export interface SearchView {
  readonly total: number;
  readonly documents: readonly Readonly<Record<string, unknown>>[];
}

export interface Console {
  readonly url: string;
  stop(): Promise<void>;
}

/** Serves the console on loopback. */
export function startConsole(source: ConsoleSource, port: number): Promise<Console> {
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'self'"] } }));
  for (const [path, file, type] of pages) {
    app.get(path, async (context) =>
      context.body(await readFile(new URL(`./page/${file}`, import.meta.url), 'utf8'), 200, { 'content-type': type }),
    );
  }
  app.get('/api/state', async (context) => {
    const [consumers, totals, outbox, deadLetters] = await Promise.all([
      source.consumers(),
      source.totals(),
      source.outbox(),
      source.deadLetters(),
    ]);
    return context.json({ services: source.services(), consumers, totals, outbox, deadLetters });
  });
  app.get('/api/search', async (context) => context.json(await source.search(context.req.query('q') ?? '')));
  app.onError((error, context) => context.json({ problem: `Not to be had right now: ${error.message}` }, 503));
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' }, () =>
      resolve({
        url: `http://127.0.0.1:${port}`,
        stop: () =>
          new Promise((done) => {
            server.close(() => done());
            if ('closeAllConnections' in server) server.closeAllConnections();
          }),
      }),
    );
    server.on('error', reject);
  });
}

const pages = [
  ['/', 'index.html', 'text/html; charset=utf-8'],
  ['/console.js', 'console.js', 'text/javascript; charset=utf-8'],
  ['/console.css', 'console.css', 'text/css; charset=utf-8'],
] as const;
