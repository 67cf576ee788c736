import { type ConnectionOptions, connectOpenSearch } from './connection.ts';
import { isJsonObject } from './json.ts';
import type { SearchAdmin } from './search-admin.ts';

/** The set-up's requests over HTTP. */
export function createSearchAdmin(options: ConnectionOptions): SearchAdmin & { close(): Promise<void> } {
  const client = connectOpenSearch(options);
  return {
    async send(request) {
      try {
        const { statusCode, body } = await client.transport.request(request);
        return { status: statusCode ?? 0, body };
      } catch (error) {
        // The client throws for every status above 299; without a status there was no reply.
        if (!isJsonObject(error) || typeof error.statusCode !== 'number') throw error;
        return { status: error.statusCode, body: error.body };
      }
    },
    close: () => client.close(),
  };
}
