import { systemClock } from '../../shared/runtime/clock.ts';
import { searchSigning } from '../../shared/runtime/search-signing.ts';
import { createSearchAdmin } from '../../shared/services/opensearch/search-admin-client.ts';
import { readSetUpRequest } from './set-up-request.ts';
import { setUpSearch } from './set-up-search.ts';

/**
 * Sets a search domain up when it is deployed and whenever what it needs changes. Not a consumer: CloudFormation calls
 * it, through CDK's custom resource provider, which also answers CloudFormation, so that in a VPC this function needs
 * to reach nothing but the domain. Its timeout has to be above ten minutes.
 */
export async function handler(event: unknown): Promise<{ readonly PhysicalResourceId: string }> {
  const request = readSetUpRequest(event);
  // The same name for ever: CloudFormation deletes a resource whose name changes.
  const answer = { PhysicalResourceId: 'search-setup' };
  if (request === undefined) return answer;
  const { endpoint } = request;
  const admin = createSearchAdmin({ endpoint, requestTimeoutMs: 30_000, ...searchSigning(endpoint) });
  try {
    await setUpSearch(request, { admin, clock: systemClock, patienceMs: 10 * 60_000 });
  } finally {
    await admin.close();
  }
  return answer;
}
