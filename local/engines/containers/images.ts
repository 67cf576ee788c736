/** The images that containers are made of: their names stand here and nowhere else. */
import { type ContainerRuntimeClient, getContainerRuntimeClient, ImageName } from 'testcontainers';

export interface EngineImage {
  /** As messages name what is in it. */
  readonly engine: string;
  /** The environment variable that names another image, with the same programs and settings. */
  readonly variable: string;
  /** As its makers publish it. */
  readonly published: string;
  /** What `npm run images` makes where no registry can be reached: started in the same way, behaves the same. */
  readonly local: string;
}

export const engineImages = {
  dynamodb: {
    engine: 'DynamoDB Local',
    variable: 'TRIBUTARY_IMAGE_DYNAMODB',
    published: 'amazon/dynamodb-local:3.3.0',
    local: 'tributary/dynamodb-local:local',
  },
  // The version that the deployed domain has.
  search: {
    engine: 'OpenSearch',
    variable: 'TRIBUTARY_IMAGE_SEARCH',
    published: 'opensearchproject/opensearch:2.19.1',
    local: 'tributary/opensearch:local',
  },
} as const satisfies Record<string, EngineImage>;

/** No container can be started on this machine; the message says why, and what to do about it. */
export class ContainersUnavailable extends Error {
  override readonly name = 'ContainersUnavailable';
}

/** The part of the container engine's client by which an image is chosen. */
export interface ImageStore {
  exists(image: ImageName): Promise<boolean>;
  pull(image: ImageName): Promise<void>;
}

/** @throws {ContainersUnavailable} */
export async function containerRuntime(): Promise<ContainerRuntimeClient> {
  try {
    return await getContainerRuntimeClient();
  } catch (cause) {
    throw new ContainersUnavailable(
      'Containers need a container engine that answers, such as Docker: start it, or take another of --engines.',
      { cause },
    );
  }
}

/**
 * The image that the variable names; else the published one when it is here; else the one made locally, which exists
 * only where no registry could be reached; else the published one, fetched.
 *
 * @throws {ContainersUnavailable} when there is none and none can be fetched
 */
export async function chooseImage(
  { engine, variable, published, local }: EngineImage,
  store: ImageStore,
  named: string | undefined = process.env[variable],
): Promise<string> {
  if (named !== undefined && named !== '') return named;
  for (const image of [published, local]) if (await store.exists(ImageName.fromString(image))) return image;
  try {
    await store.pull(ImageName.fromString(published));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ContainersUnavailable(
      `${engine}: the image ${published} is not here and cannot be fetched (${reason}). Make an equivalent one with ` +
        `npm run images (Debian or Ubuntu, as root), or name one that is here in ${variable}.`,
      { cause },
    );
  }
  return published;
}
