import { chooseImage, containerRuntime, engineImages } from './images.ts';

/** @throws {ContainersUnavailable} when there is no container engine, or an image is not here and cannot be fetched. */
export async function prepareContainers(): Promise<void> {
  const { image: images } = await containerRuntime();
  const store = {
    exists: (wanted: Parameters<typeof images.exists>[0]) => images.exists(wanted),
    pull: (wanted: Parameters<typeof images.pull>[0]) => images.pull(wanted),
  };
  for (const image of Object.values(engineImages)) await chooseImage(image, store);
}
