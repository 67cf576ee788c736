import { readFile } from 'node:fs/promises';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';

/** What the console shows; it reads and never writes, so it can look at anything that answers these questions. */
export interface ConsoleSource {
  services(): readonly ServiceView[];
  /** Those that are on. */
  alarms(): readonly AlarmSummary[];
  regions(): Promise<readonly RegionView[]>;
  outbox(): Promise<OutboxView>;
  /** Documents that readers of a region see: those that match the words, or any for an empty query. */
  search(query: { readonly region: string; readonly words: string }): Promise<SearchView>;
}

export interface ServiceView {
  readonly service: string;
  readonly region: string;
  readonly backedBy: string;
  readonly url: string;
}

export interface AlarmSummary {
  readonly region: string;
  readonly name: string;
  readonly meaning: string;
  /** ISO time. */
  readonly since?: string;
}

export interface RegionView {
  readonly name: string;
  readonly consumers: readonly ConsumerView[];
  readonly totals: readonly TotalView[];
  readonly windows: readonly WindowView[];
  readonly conflicts: ConflictsView;
  readonly deadLetters: DeadLettersView;
}

export interface WindowView {
  readonly start: string;
  readonly changes: number;
  /** An estimate. */
  readonly activeUsers: number;
}

export interface ConflictsView {
  readonly total: number;
  readonly latest: readonly {
    readonly item: string;
    readonly lost: string;
    readonly won: string;
    readonly reason: string;
    readonly at: string;
  }[];
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
    const [regions, outbox] = await Promise.all([source.regions(), source.outbox()]);
    return context.json({ services: source.services(), alarms: source.alarms(), regions, outbox });
  });
  app.get('/api/search', async (context) => {
    const { q: words = '', region = source.services()[0]?.region ?? '' } = context.req.query();
    return context.json(await source.search({ region, words }));
  });
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
