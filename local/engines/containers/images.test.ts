import { describe, expect, it } from 'vitest';
import { ContainersUnavailable, chooseImage, type EngineImage, type ImageStore } from './images.ts';

const image: EngineImage = {
  engine: 'Engine',
  variable: 'IMAGE',
  published: 'maker/engine:1',
  local: 'here/engine:local',
};

/** Images that are here, and a registry that cannot be reached unless `registry` says otherwise. */
function store({ here, registry = false }: { here: readonly string[]; registry?: boolean }): ImageStore {
  return {
    exists: async ({ string: name }) => here.includes(name),
    pull: async () => {
      if (!registry) throw new Error('no such host');
    },
  };
}

describe('the image of an engine', () => {
  it('is the one that the variable names, whatever else is here', async () => {
    const here = [image.published, image.local];
    expect(await chooseImage(image, store({ here }), 'own/engine:2')).toBe('own/engine:2');
  });

  it.each([
    { because: 'it is here', here: [image.published, image.local], registry: false, chosen: image.published },
    { because: 'no registry can be reached', here: [image.local], registry: false, chosen: image.local },
    { because: 'it can be fetched', here: [], registry: true, chosen: image.published },
  ])('is $chosen because $because', async ({ here, registry, chosen }) => {
    expect(await chooseImage(image, store({ here, registry }), '')).toBe(chosen);
  });

  it('is missed with the reason and what to do', async () => {
    const missing = chooseImage(image, store({ here: [] }), undefined);
    await expect(missing).rejects.toThrow(ContainersUnavailable);
    await expect(missing).rejects.toThrow(/maker\/engine:1 .*\(no such host\)\. .*npm run images.* in IMAGE\./);
  });
});
