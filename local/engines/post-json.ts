import { Agent, type OutgoingHttpHeaders, request } from 'node:http';

export interface JsonReply {
  readonly ok: boolean;
  readonly status: number;
  readonly body: unknown;
}

/**
 * Posts to one local endpoint again and again over connections that are kept. `fetch` does the same at several times
 * the cost, which shows with what polls many times a second.
 */
export function createJsonPoster(endpoint: string): (body: object, headers: OutgoingHttpHeaders) => Promise<JsonReply> {
  const { hostname, port } = new URL(endpoint);
  const agent = new Agent({ keepAlive: true });
  return (body, headers) => {
    const text = JSON.stringify(body);
    const sent = { ...headers, 'content-length': Buffer.byteLength(text) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ hostname, port, method: 'POST', headers: sent, agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          try {
            const reply: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
            resolve({ ok: status >= 200 && status < 300, status, body: reply });
          } catch (cause) {
            reject(new Error(`${endpoint} answered ${status} with what is no JSON`, { cause }));
          }
        });
      });
      outgoing.on('error', reject);
      outgoing.end(text);
    });
  };
}
