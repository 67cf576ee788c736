import { Readable } from 'node:stream';
import { FatalConfigError } from '../batch/errors.ts';
import { type CarriedReply, readCarriedRequest, replyTooLarge } from '../services/opensearch/carried-request.ts';
import { connectOpenSearch } from '../services/opensearch/connection.ts';
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
    const { method, path: asked, contentType, body } = readCarriedRequest(event);
    const endpoint = environment.SEARCH_ENDPOINT;
    if (endpoint === undefined) {
      throw new FatalConfigError('configuration', 'SEARCH_ENDPOINT is not set: set it to the URL of the domain.');
    }
    const client = connectOpenSearch({ endpoint, requestTimeoutMs: 50_000, ...searchSigning(endpoint, environment) });
    const { pathname: path, searchParams } = new URL(asked, 'http://carried.invalid');
    const querystring = Object.fromEntries(searchParams);
    try {
      const {
        statusCode,
        headers,
        body: stream,
      } = await client.transport.request(
        { method, path, querystring, ...(body === undefined ? {} : { body }) },
        { asStream: true, ...(contentType === undefined ? {} : { headers: { 'content-type': contentType } }) },
      );
      const text = await textOf(stream);
      if (text === undefined) return replyTooLarge;
      const type = headers?.['content-type'];
      const reply = { status: statusCode ?? 0, ...(type === undefined ? {} : { contentType: type }), body: text };
      return Buffer.byteLength(JSON.stringify(reply)) > mostReplyBytes ? replyTooLarge : reply;
    } catch (error) {
      throw new Error(nameOf(error));
    } finally {
      await client.close();
    }
  };
}

/** What a synchronous invocation answers at most, as JSON: Lambda API Reference, "Invoke". */
const mostReplyBytes = 6_000_000;

/** Undefined for what cannot fit into the answer: it is not read to its end, for it may be more than the memory. */
async function textOf(stream: unknown): Promise<string | undefined> {
  if (!(stream instanceof Readable)) throw new Error('no stream');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.length;
    if (bytes > mostReplyBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The client's errors hold the whole request: only its kind leaves the function. */
function nameOf(error: unknown): string {
  return `OpenSearch gave no reply: ${error instanceof Error ? error.name : 'unknown'}`;
}
