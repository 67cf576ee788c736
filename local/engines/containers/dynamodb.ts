/** Amazon's DynamoDB Local in a container, in memory. */
import type { DynamoDbEngine } from '../dynamodb.ts';
import { deleteExpired } from '../processes/delete-expired.ts';
import { startContainer } from './container.ts';
import { engineImages } from './images.ts';

/** @throws {ContainersUnavailable} when there is no container engine or no image; {Error} when it does not come up. */
export async function startDynamoDbContainer({ port }: { readonly port: number }): Promise<DynamoDbEngine> {
  const { url, image, stop } = await startContainer({
    image: engineImages.dynamodb,
    port,
    containerPort: 8000,
    // The image starts Java, in the folder of the jar: see "Deploying DynamoDB locally" in its Developer Guide.
    command: [
      '-Xmx512m',
      '-XX:+UseSerialGC',
      '-Djava.library.path=./DynamoDBLocal_lib',
      '-jar',
      'DynamoDBLocal.jar',
      ...['-inMemory', '-sharedDb', '-disableTelemetry'],
    ],
    memoryGb: 1,
    // It answers, and misses a signature.
    ready: { path: '/', status: 400 },
  });
  return {
    service: 'DynamoDB',
    backedBy: `DynamoDB Local in a container of ${image}`,
    url,
    stop,
    sweepExpiredItems: () => deleteExpired(url),
  };
}
