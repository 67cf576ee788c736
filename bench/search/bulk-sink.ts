import type { Server } from 'node:http';
import { closeServer, listenOnLoopback, loopbackHost } from '../../local/engines/ports.ts';

export interface BulkSink {
  readonly url: string;
  /** The documents of the last bulk request, by id. */
  readonly documents: () => ReadonlyMap<string, Readonly<Record<string, unknown>>>;
  stop(): Promise<void>;
}

/** What OpenSearch answers when it accepts everything, at no cost: with `filter_path` the status of each, else more. */
export async function startBulkSink(port: number): Promise<BulkSink> {
  let last = '';
  const server: Server = await listenOnLoopback({
    port,
    listener: (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        response.setHeader('content-type', 'application/json');
        if (!request.url?.startsWith('/_bulk')) {
          response.end('{"docs":[]}');
          return;
        }
        last = Buffer.concat(chunks).toString();
        response.end(request.url.includes('filter_path') ? shortAnswer : longAnswer);
      });
    },
  });
  return {
    url: `http://${loopbackHost}:${port}`,
    documents: () => documentsIn(last),
    stop: () => closeServer(server),
  };
}

export const bulkLength = 1_000;

const shortAnswer = answer(() => ({ status: 201 }));
const longAnswer = answer((at) => ({
  ...{ _index: 'users', _id: `user-${at}`, _version: 1_767_268_800_000_000 + at, result: 'created' },
  ...{ _shards: { total: 2, successful: 1, failed: 0 }, _seq_no: at, _primary_term: 1, status: 201 },
}));

function answer(itemOf: (at: number) => object): string {
  const items = Array.from({ length: bulkLength }, (_, at) => ({ index: itemOf(at) }));
  return JSON.stringify({ took: 30, errors: false, items });
}

function documentsIn(body: string): ReadonlyMap<string, Readonly<Record<string, unknown>>> {
  const lines = body.split('\n').filter((line) => line !== '');
  const documents = new Map<string, Readonly<Record<string, unknown>>>();
  for (let at = 0; at + 1 < lines.length; at += 2) {
    documents.set(JSON.parse(lines[at] ?? '').index._id, JSON.parse(lines[at + 1] ?? ''));
  }
  return documents;
}
