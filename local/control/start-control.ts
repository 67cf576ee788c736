import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import type { AlarmView } from '../../shared/operations/alarms.ts';
import { loopbackHost } from '../engines/ports.ts';
import { createMappingViews, type OperatedPipeline } from './mapping-views.ts';

/** The latest time that a date can hold. */
const latestMs = 8.64e15;

/** Where the commands of `tributary` reach the running pipeline. */
export interface Control {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Tells of the pipeline's mappings, pauses and resumes them, and moves them back. Loopback is open to every page of a
 * browser on this machine: a request has to bear this name of the host, and a change has to be JSON, which no page of
 * another origin can send unasked.
 */
export async function startControl(pipeline: OperatedPipeline, alarms: () => readonly AlarmView[]): Promise<Control> {
  const views = createMappingViews(pipeline, () => Date.now());
  const app = new Hono();
  app.use(async (context, next) => {
    const host = context.req.header('host')?.split(':')[0];
    if (host !== loopbackHost) return context.text('This answers on this machine only.', 403);
    return next();
  });
  app.get('/alarms', (context) => context.json(alarms()));
  app.get('/mappings', (context) => context.json(views.all()));
  app.put('/mappings/:region/:consumer', async (context) => {
    if (!context.req.header('content-type')?.startsWith('application/json')) return context.text('Send JSON.', 415);
    const body: unknown = await context.req.json().catch(() => undefined);
    const state = typeof body === 'object' && body !== null && 'state' in body ? body.state : undefined;
    if (state !== 'running' && state !== 'paused') return context.text('The state is running or paused.', 400);
    const view = await views.switch(context.req.param(), state);
    return view === undefined ? context.text('There is no such mapping.', 404) : context.json(view);
  });
  app.put('/mappings/:region/:consumer/position', async (context) => {
    if (!context.req.header('content-type')?.startsWith('application/json')) return context.text('Send JSON.', 415);
    const body: unknown = await context.req.json().catch(() => undefined);
    const to = typeof body === 'object' && body !== null && 'to' in body ? body.to : undefined;
    if (to !== 'TRIM_HORIZON' && !isTime(to)) return context.text('A time, or TRIM_HORIZON.', 400);
    const isMoved = await views.rewind(context.req.param(), to);
    return isMoved ? context.json({ to }) : context.text('There is no such mapping.', 404);
  });
  const server = await new Promise<ReturnType<typeof serve>>((resolve) => {
    const starting = serve({ fetch: app.fetch, hostname: loopbackHost, port: 0 }, () => resolve(starting));
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The control endpoint has no port.');
  return {
    url: `http://${loopbackHost}:${address.port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

/** Milliseconds since the epoch. Anything else would stop the mapping and then start none. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= latestMs;
}
