import { KinesisClient } from '@aws-sdk/client-kinesis';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/**
 * A client for the local Kinesis engine. The SDK's Kinesis client speaks HTTP/2 by default, which the engine's plain
 * port answers with a protocol error, so HTTP/1.1 is set here. The region matters: the engine keeps one set of streams
 * per region of the signature.
 */
export function createLocalKinesisClient(options: { endpoint: string; region: string }): KinesisClient {
  const client = new KinesisClient({
    endpoint: options.endpoint,
    region: options.region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    requestHandler: new NodeHttpHandler(),
  });
  // It walks through every record read or put to hide what is secret in it, for a log that nobody keeps.
  client.middlewareStack.remove('loggerMiddleware');
  return client;
}
