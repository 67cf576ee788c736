import { type AdminReply, type AdminRequest, errorOf } from '../../shared/services/opensearch/search-admin.ts';

/** The domain refused a step. The message says which, what it answered, and what to do. */
export class SearchSetUpError extends Error {
  override readonly name = 'SearchSetUpError';

  constructor(request: AdminRequest, { reply, advice }: { reply: AdminReply; advice: string }) {
    super(`OpenSearch answered ${request.method} ${request.path} with ${reply.status}, ${errorOf(reply)}. ${advice}`);
  }
}
