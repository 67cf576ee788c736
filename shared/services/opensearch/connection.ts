import { Client } from '@opensearch-project/opensearch';
import { AwsSigv4Signer } from '@opensearch-project/opensearch/aws-v3';

/** Whose requests they are. */
export interface Signing {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ConnectionOptions {
  /** `http(s)://host[:port]` */
  readonly endpoint: string;
  /** The longest silence on a request's connection. */
  readonly requestTimeoutMs: number;
  /** Absent where nobody asks who is there, as on a laptop. */
  readonly signing?: Signing;
}

/**
 * The official client, which tries a request once: the callers' own retries know how much time is left.
 *
 * @see https://docs.aws.amazon.com/opensearch-service/latest/developerguide/request-signing.html
 */
export function connectOpenSearch({ endpoint, requestTimeoutMs, signing }: ConnectionOptions): Client {
  return new Client({
    ...(signing === undefined ? {} : signerOf(signing)),
    node: endpoint,
    requestTimeout: requestTimeoutMs,
    maxRetries: 0,
    // With one address there is nothing to fail over to, and a ping for each failure only adds load to an outage.
    resurrectStrategy: 'none',
    sniffOnStart: false,
    // A document may have an attribute named `__proto__` or `constructor`: the default would refuse to read it back.
    disablePrototypePoisoningProtection: true,
  });
}

function signerOf({ region, credentials }: Signing) {
  return AwsSigv4Signer({ region, service: 'es', getCredentials: credentials });
}
