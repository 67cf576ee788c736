import { FatalConfigError } from '../../batch/errors.ts';
import { isJsonObject } from './json.ts';

/** One request to a search domain, as it can be handed on to a function that reaches the domain. */
export interface CarriedRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  /** With the query string, such as `/users/_search?size=1`. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: string;
}

export interface CarriedReply {
  readonly status: number;
  readonly contentType?: string;
  readonly body: string;
}

/** Errors of the way to a domain, and not of the domain: their reasons hold nothing of a request and may be told. */
export const carrierErrors = { failed: 'operator_function_error', tooLarge: 'reply_too_large' } as const;

/** In the place of a reply that does not fit into an invocation. */
export const replyTooLarge: CarriedReply = {
  status: 413,
  contentType: 'application/json',
  body: JSON.stringify({
    error: { type: carrierErrors.tooLarge, reason: 'it does not fit into the 6 MB of an invocation: ask for less' },
  }),
};

/** Brings a request to the domain and its reply back. @throws when there was no reply */
export type Carrier = (request: CarriedRequest) => Promise<CarriedReply>;

const methods = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE'] as const;

/** @throws {FatalConfigError} for an event that is no such request */
export function readCarriedRequest(event: unknown): CarriedRequest {
  const { method, path, contentType, body } = isJsonObject(event) ? event : {};
  const known = methods.find((each) => each === method);
  if (known === undefined || typeof path !== 'string' || !path.startsWith('/')) {
    throw new FatalConfigError(
      'configuration',
      'The operator function takes requests of `tributary COMMAND --stage NAME` only.',
    );
  }
  return {
    ...{ method: known, path },
    ...(typeof contentType === 'string' ? { contentType } : {}),
    ...(typeof body === 'string' ? { body } : {}),
  };
}
