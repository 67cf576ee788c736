import { createHash } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createOpenSearchClient } from '../../shared/services/opensearch/client.ts';

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Answers every bulk of one operation, and keeps what it got. */
function startRecorder(received: Received[]): Promise<{ server: Server; url: string }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ items: [{ index: { status: 201 } }] }));
  });
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ server, url: `http://127.0.0.1:${port}` });
    });
  });
}

describe('requests to a search domain', () => {
  const received: Received[] = [];
  let server: Server;
  let url: string;
  beforeAll(async () => {
    ({ server, url } = await startRecorder(received));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('are signed over their body with the credentials of the function', async () => {
    const credentials = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', sessionToken: 'token' };
    const signing = { region: 'eu-west-1', credentials: async () => credentials };
    const client = createOpenSearchClient({ endpoint: url, requestTimeoutMs: 5_000, signing });
    await client.bulk([
      { op: 'index', index: 'users-v1', id: '1', version: 1n, versionType: 'external', documentJson: '{"name":"é"}' },
    ]);
    await client.close();
    const [request] = received;
    if (request === undefined) throw new Error('nothing arrived');
    expect(request.headers.authorization).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/es\/aws4_request, .*host.*, Signature=/,
    );
    expect(request.headers['x-amz-security-token']).toBe('token');
    expect(request.headers['x-amz-content-sha256']).toBe(createHash('sha256').update(request.body).digest('hex'));
  });
});
