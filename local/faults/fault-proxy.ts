/**
 * A reverse proxy on loopback between one consumer and one engine. It passes everything on unchanged until it is told
 * to be a fault: then it answers as the real service would when it is in trouble, or loses a reply. One proxy per
 * consumer, so that an outage of a sink hits that consumer only and never the writer or the checkers.
 */
import { EventEmitter, once } from 'node:events';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { closeServer, listenOnLoopback } from '../engines/ports.ts';
import { type ErrorReply, type FaultyService, isWrite, throttled, unavailable } from './service-faults.ts';

/** `refuse`: 503. `throttle`: the service's throttling error. `dropReply`: a write is applied, its reply is lost. */
export type FaultMode = 'refuse' | 'throttle' | 'dropReply';

/**
 * `before`: the write never reaches the engine. `after`: it is applied, its reply not yet passed on. `late`: it is
 * applied seconds later and after the next write of the same caller, when others have done its work in its place.
 */
export type CrashMoment = 'before' | 'after' | 'late';

/** When no other write comes. */
const latestMs = 4000;

export interface FaultProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  readonly service: FaultyService;
  /** From now on every request meets this fault, until `clear`. */
  fail(mode: FaultMode): void;
  /** Passes everything on again; a crash that waits for a write is called off. */
  clear(): void;
  /** Calls `crash` once, at this moment of the next write; its caller, dead by then, gets no reply. */
  crashAtNextWrite(moment: CrashMoment, crash: () => void): void;
  /** Requests that have come in and are not dealt with yet, writes held back after a crash included. */
  pending(): number;
  /** Requests that met each fault so far. */
  injected(): Readonly<Record<FaultMode | CrashMoment, number>>;
  stop(): Promise<void>;
}

interface FaultProxyOptions {
  readonly service: FaultyService;
  readonly target: string;
  /** How late a late write is at least. @default 2,500 */
  readonly lateMs?: number;
  /** Told of every write that the engine has answered, whatever becomes of the reply. */
  readonly onWrite?: ((write: ForwardedWrite) => void) | undefined;
}

/** As the engine got it, and the status of its reply. */
export interface ForwardedWrite {
  readonly body: Buffer;
  readonly status: number;
}

/** @throws {Error} when no loopback port can be bound. */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  const state: State = {
    pending: 0,
    injected: { refuse: 0, throttle: 0, dropReply: 0, before: 0, after: 0, late: 0 },
    nextWrite: new EventEmitter(),
  };
  const agent = new Agent({ keepAlive: true });
  // An engine that is gone, or a caller that was killed, ends the connection; there is nobody to tell.
  const server = await listenOnLoopback({
    port: 0,
    listener: (incoming, outgoing) => {
      state.pending += 1;
      serve({ incoming, outgoing }, { options, state, agent })
        .catch(() => incoming.socket.destroy())
        .finally(() => {
          state.pending -= 1;
        });
    },
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    service: options.service,
    fail: (mode) => {
      state.mode = mode;
    },
    clear: () => {
      state.mode = undefined;
      state.ambush = undefined;
    },
    crashAtNextWrite: (moment, crash) => {
      state.ambush = { moment, crash };
    },
    pending: () => state.pending,
    injected: () => ({ ...state.injected }),
    stop: async () => {
      agent.destroy();
      await closeServer(server);
    },
  };
}

/** What the proxy is told to be, and what came of it so far. */
interface State {
  mode?: FaultMode | undefined;
  ambush?: Ambush | undefined;
  pending: number;
  readonly injected: Record<FaultMode | CrashMoment, number>;
  /** Emits `applied`. */
  readonly nextWrite: EventEmitter;
}

interface Ambush {
  readonly moment: CrashMoment;
  readonly crash: () => void;
}

async function serve(
  { incoming, outgoing }: { incoming: IncomingMessage; outgoing: ServerResponse },
  { options, state, agent }: { options: FaultProxyOptions; state: State; agent: Agent },
): Promise<void> {
  const { service, target, lateMs = 2500 } = options;
  const { injected, nextWrite } = state;
  const body = await readAll(incoming);
  const { method = 'GET', url: path = '/', headers } = incoming;
  const { mode, ambush } = state;
  if (mode === 'refuse' || mode === 'throttle') {
    const reply = mode === 'refuse' ? unavailable(service) : throttled(service, injected.throttle);
    injected[mode] += 1;
    answer(outgoing, reply);
    return;
  }
  const write = isWrite(service, { method, path, headers });
  const send = async () => {
    const reply = await forward({ target, agent, method, path, headers, body });
    if (write) options.onWrite?.({ body, status: reply.status });
    return reply;
  };
  if (write && ambush !== undefined) {
    state.ambush = undefined;
    injected[ambush.moment] += 1;
    await spring(ambush, { send, hangUp: () => incoming.socket.destroy(), lateMs, nextWrite });
    return;
  }
  const reply = await send();
  if (write) nextWrite.emit('applied');
  if (write && state.mode === 'dropReply') {
    injected.dropReply += 1;
    incoming.socket.destroy();
  } else {
    outgoing.writeHead(reply.status, reply.headers).end(reply.body);
  }
}

async function spring(
  { moment, crash }: Ambush,
  write: { send: () => Promise<unknown>; hangUp: () => void; lateMs: number; nextWrite: EventEmitter },
): Promise<void> {
  if (moment === 'after') await write.send();
  crash();
  write.hangUp();
  if (moment !== 'late') return;
  const other = once(write.nextWrite, 'applied', { signal: AbortSignal.timeout(latestMs) }).catch(() => undefined);
  await Promise.all([delay(write.lateMs), other]);
  await write.send();
}

interface Reply {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

interface Forwarded {
  readonly target: string;
  readonly agent: Agent;
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Headers go through unchanged, `host` included: the request's signature covers it. */
function forward({ target, agent, method, path, headers, body }: Forwarded): Promise<Reply> {
  const { hostname, port } = new URL(target);
  return new Promise((resolve, reject) => {
    const passed = { ...headers, 'content-length': String(body.length) };
    delete passed['transfer-encoding'];
    const outgoing = request({ hostname, port, method, path, headers: passed, agent }, (incoming) => {
      readAll(incoming).then(
        (reply) => resolve({ status: incoming.statusCode ?? 502, headers: endToEnd(incoming.headers), body: reply }),
        reject,
      );
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** Without the headers that concern one connection only. @see https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1 */
function endToEnd(headers: IncomingMessage['headers']): IncomingMessage['headers'] {
  const { connection: _connection, 'keep-alive': _keepAlive, 'transfer-encoding': _encoding, ...rest } = headers;
  return rest;
}

function answer(outgoing: ServerResponse, { status, headers, body }: ErrorReply): void {
  outgoing.writeHead(status, headers).end(body);
}

async function readAll(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
