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
  readonly body: string;
}

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
