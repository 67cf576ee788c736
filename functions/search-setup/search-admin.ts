import { isJsonObject, type JsonObject } from '../../shared/services/opensearch/json.ts';

/** OpenSearch's REST API, as the set-up uses it. */
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

/** The domain refused a step. The message says which, what it answered, and what to do. */
export class SearchSetUpError extends Error {
  override readonly name = 'SearchSetUpError';

  constructor(request: AdminRequest, { reply, advice }: { reply: AdminReply; advice: string }) {
    super(`OpenSearch answered ${request.method} ${request.path} with ${reply.status}, ${errorOf(reply)}. ${advice}`);
  }
}

/** `type: reason`, as far as the reply has them. */
export function errorOf({ body }: AdminReply): string {
  const error = isJsonObject(body) ? (body.error ?? body.message) : body;
  if (!isJsonObject(error)) return String(error);
  return `${String(error.type)}: ${String(error.reason)}`;
}
