import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { MappingError } from '../../../shared/services/opensearch/mapping-nodes.ts';
import type { Engine } from '../engine.ts';
import { closeServer, listenOnLoopback, loopbackHost } from '../ports.ts';
import { illegalArgument, mappingCause, SearchApiError } from './api-error.ts';
import { Cluster } from './cluster.ts';
import { filterPath } from './filter-path.ts';
import type { Call, Route } from './route.ts';
import { routes } from './routes.ts';

/**
 * What becomes of one request that writes documents: refused (503), throttled (429), or applied with its connection
 * cut before the reply.
 */
export interface SearchFault {
  readonly kind: 'refuse' | 'throttle' | 'dropReply';
}

type SearchContext = Context<{ Bindings: HttpBindings }>;

/** The limit of the smaller instance types: Amazon OpenSearch Service Developer Guide, page "Network limits". */
const maxBodyBytes = 10 * 1024 * 1024;

const commonParameters = ['pretty', 'human', 'error_trace', 'filter_path', 'format'];

/**
 * Starts the part of OpenSearch that the project uses, in this process and in memory, on minisearch. Whatever it does
 * not support it refuses with OpenSearch's error shape. Unlike OpenSearch it needs no refresh: a search sees every
 * write at once.
 *
 * @param options.fault asked before every request that writes documents
 * @param options.nowMs the clock by which versions of deleted documents are forgotten (`index.gc_deletes`)
 */
export async function startSearch(options: {
  port: number;
  fault?: () => SearchFault | undefined;
  nowMs?: () => number;
}): Promise<Engine> {
  const cluster = new Cluster(options.nowMs ?? Date.now);
  const app = new Hono<{ Bindings: HttpBindings }>();
  for (const route of routes) {
    app.on([...route.methods], [...route.paths], (context) =>
      answer(context, { route, cluster, fault: options.fault }),
    );
  }
  app.notFound((context) => {
    const { path, method } = context.req;
    return json(400, JSON.stringify({ error: `no handler found for uri [${path}] and method [${method}]` }));
  });
  app.onError((error) => errorReply(error));
  const server = await listenOnLoopback({ port: options.port, listener: getRequestListener(app.fetch) });
  // OpenSearch keeps idle connections; one that is cut just as a client uses it again would look like an outage.
  server.keepAliveTimeout = 0;
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    service: 'OpenSearch',
    backedBy: `minisearch ${minisearchVersion()}`,
    url: `http://${loopbackHost}:${port}`,
    stop: () => closeServer(server),
  };
}

async function answer(
  context: SearchContext,
  how: { route: Route; cluster: Cluster; fault: (() => SearchFault | undefined) | undefined },
): Promise<Response> {
  const call = await readCall(context, how.cluster);
  refuseUnknownParameters(context, how.route, call.query);
  const fault = how.route.writes === true ? how.fault?.() : undefined;
  if (fault?.kind === 'refuse') throw unavailable;
  if (fault?.kind === 'throttle') throw throttled;
  const reply = how.route.handle(call);
  if (fault?.kind === 'dropReply') {
    context.env.incoming.socket.destroy();
    return RESPONSE_ALREADY_SENT;
  }
  const filter = call.query.get('filter_path');
  return json(reply.status, filter === undefined ? reply.json : filterPath(reply.json, filter));
}

const unavailable = new SearchApiError(503, {
  type: 'cluster_block_exception',
  reason: 'blocked by: [SERVICE_UNAVAILABLE/1/state not recovered / initialized];',
});

const throttled = new SearchApiError(429, {
  type: 'rejected_execution_exception',
  reason: 'rejected execution of coordinating operation: the limit of bytes in flight is reached',
});

async function readCall(context: SearchContext, cluster: Cluster): Promise<Call> {
  const contentType = context.req.header('content-type') ?? '';
  const text = await readBody(context);
  if (text !== '' && !/^application\/([\w.+]*\+)?(json|x-ndjson)\b/.test(contentType)) {
    throw new SearchApiError(406, `Content-Type header [${contentType}] is not supported`);
  }
  return { cluster, path: context.req.param(), query: new Map(Object.entries(context.req.query())), text };
}

/** From the raw request: OpenSearch reads bodies of GET requests, which the web's Request does not have. */
async function readBody(context: SearchContext): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of context.env.incoming) {
    if (!Buffer.isBuffer(chunk)) continue;
    bytes += chunk.length;
    if (bytes <= maxBodyBytes) chunks.push(chunk);
  }
  if (bytes > maxBodyBytes) throw new SearchApiError(413, `Request size exceeded ${maxBodyBytes} bytes`);
  const body = Buffer.concat(chunks);
  return (context.req.header('content-encoding') === 'gzip' ? unzipped(body) : body).toString('utf8');
}

function unzipped(body: Buffer): Buffer {
  try {
    return gunzipSync(body);
  } catch {
    throw illegalArgument('the body is not gzip, as Content-Encoding says');
  }
}

function refuseUnknownParameters(context: SearchContext, route: Route, query: ReadonlyMap<string, string>): void {
  for (const name of query.keys()) {
    if (commonParameters.includes(name) || route.parameters?.includes(name)) continue;
    throw illegalArgument(`request [${context.req.path}] contains unrecognized parameter: [${name}]`);
  }
}

function errorReply(error: unknown): Response {
  if (error instanceof MappingError) return errorReply(new SearchApiError(400, mappingCause(error)));
  if (error instanceof SearchApiError) return json(error.status, JSON.stringify(error));
  const reason = error instanceof Error ? error.message : String(error);
  return json(500, JSON.stringify(new SearchApiError(500, { type: 'exception', reason })));
}

function json(status: number, body: string): Response {
  return new Response(body, { status, headers: { 'content-type': 'application/json; charset=UTF-8' } });
}

function minisearchVersion(): string {
  // The package exports no package.json: it lies two folders above its entry, dist/cjs/index.cjs.
  const entry = pathToFileURL(createRequire(import.meta.url).resolve('minisearch'));
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', entry), 'utf8')) as { version: string };
  return version;
}
