import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { type CarriedRequest, type Carrier, carrierErrors } from '../../shared/services/opensearch/carried-request.ts';

export interface SearchTunnel {
  /** An endpoint for an OpenSearch client of this process. Nobody else knows its path. */
  readonly url: string;
  stop(): Promise<void>;
}

const loopback = '127.0.0.1';

/**
 * An endpoint on loopback whose requests somebody carries to a search domain that takes them from nobody else: every
 * command speaks to it as it would to any other. It keeps no process alive.
 */
export async function startSearchTunnel(carry: Carrier): Promise<SearchTunnel> {
  const secret = `/${randomBytes(16).toString('hex')}`;
  const server = createServer(async (request, response) => {
    if (request.url?.startsWith(`${secret}/`) !== true) return void response.writeHead(404).end();
    try {
      const { status, contentType, body } = await carry(await carriedOf(request, request.url.slice(secret.length)));
      response.writeHead(status, contentType === undefined ? {} : { 'content-type': contentType }).end(body);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      const body = JSON.stringify({ error: { type: carrierErrors.failed, reason } });
      response.writeHead(502, { 'content-type': 'application/json' }).end(body);
    }
  });
  server.on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve) => server.listen(0, loopback, resolve));
  server.unref();
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The way to search has no port.');
  return {
    url: `http://${loopback}:${address.port}${secret}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function carriedOf(request: IncomingMessage, path: string): Promise<CarriedRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks).toString('utf8');
  const contentType = request.headers['content-type'];
  return {
    ...{ method: (request.method ?? 'GET') as CarriedRequest['method'], path },
    ...(contentType === undefined ? {} : { contentType }),
    ...(body === '' ? {} : { body }),
  };
}
