import { FatalConfigError } from '../batch/errors.ts';
import { type CarriedReply, readCarriedRequest } from '../services/opensearch/carried-request.ts';
import { connectOpenSearch } from '../services/opensearch/connection.ts';
import { isJsonObject } from '../services/opensearch/json.ts';
import type { Environment } from './config.ts';
import { searchSigning } from './search-signing.ts';

/**
 * Brings one request of an operator to the search domain. Not a consumer: `tributary COMMAND --stage NAME` invokes it
 * for everything that it asks of search, since the domain knows the roles of functions alone, and may be in a VPC.
 * What may be asked is for IAM (who invokes it) and the domain (what its role is mapped to) to say. It logs nothing:
 * requests hold documents.
 *
 * @throws {FatalConfigError} when SEARCH_ENDPOINT is not set, or the event is no request
 */
export function operatorHandler(environment: Environment = process.env): (event: unknown) => Promise<CarriedReply> {
  return async (event) => {
    const { method, path, contentType, body } = readCarriedRequest(event);
    const endpoint = environment.SEARCH_ENDPOINT;
    if (endpoint === undefined) {
      throw new FatalConfigError('configuration', 'SEARCH_ENDPOINT is not set: set it to the URL of the domain.');
    }
    const client = connectOpenSearch({ endpoint, requestTimeoutMs: 50_000, ...searchSigning(endpoint, environment) });
    const { pathname, searchParams } = new URL(path, 'http://carried.invalid');
    try {
      const reply = await client.transport.request(
        {
          method,
          path: pathname,
          querystring: Object.fromEntries(searchParams),
          ...(body === undefined ? {} : { body }),
        },
        contentType === undefined ? {} : { headers: { 'content-type': contentType } },
      );
      return { status: reply.statusCode ?? 0, body: JSON.stringify(reply.body) };
    } catch (error) {
      // The client throws for every status above 299; without a status there was no reply.
      if (!isJsonObject(error) || typeof error.statusCode !== 'number') throw new Error(nameOf(error));
      return { status: error.statusCode, body: JSON.stringify(error.body ?? {}) };
    } finally {
      await client.close();
    }
  };
}

/** The client's errors hold the whole request: only its kind leaves the function. */
function nameOf(error: unknown): string {
  return `OpenSearch gave no reply: ${error instanceof Error ? error.name : 'unknown'}`;
}
