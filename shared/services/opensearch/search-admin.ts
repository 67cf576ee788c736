import { isJsonObject, type JsonObject } from './json.ts';

/** OpenSearch's REST API, for whoever sets indices up. */
export interface SearchAdmin {
  /**
   * Answers whatever the status.
   *
   * @throws when there was no reply
   */
  send(request: AdminRequest): Promise<AdminReply>;
}

export interface AdminRequest {
  readonly method: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly path: string;
  readonly body?: JsonObject;
}

export interface AdminReply {
  readonly status: number;
  readonly body: unknown;
}

/** `type: reason`, as far as the reply has them. */
export function errorOf({ body }: AdminReply): string {
  const error = isJsonObject(body) ? (body.error ?? body.message) : body;
  if (!isJsonObject(error)) return String(error);
  return `${String(error.type)}: ${String(error.reason)}`;
}
