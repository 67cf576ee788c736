import { FatalConfigError } from '../batch/errors.ts';
import type { Signing } from '../services/opensearch/connection.ts';
import type { Environment } from './config.ts';

/**
 * Requests to a domain of Amazon OpenSearch Service bear the function's role, which Lambda puts into its environment;
 * an engine on a laptop speaks plain HTTP and asks nobody.
 *
 * @see Lambda Developer Guide, "Using Lambda environment variables": "Defined runtime environment variables"
 */
export function searchSigning(
  endpoint: string,
  environment: Environment = process.env,
): { readonly signing?: Signing } {
  if (!endpoint.startsWith('https:')) return {};
  const read = (name: string): string => {
    const value = environment[name];
    if (value !== undefined && value !== '') return value;
    throw new FatalConfigError(
      'configuration',
      `${name} is not set: on Lambda it is, elsewhere set it to sign requests`,
    );
  };
  const sessionToken = environment.AWS_SESSION_TOKEN;
  return {
    signing: {
      region: read('AWS_REGION'),
      credentials: async () => ({
        accessKeyId: read('AWS_ACCESS_KEY_ID'),
        secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
        ...(sessionToken === undefined ? {} : { sessionToken }),
      }),
    },
  };
}
