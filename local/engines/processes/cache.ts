/** Where fetched engines are kept between runs: outside the sources, one folder for each name and version. */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

const underWay = new Map<string, Promise<string>>();

/** TRIBUTARY_ENGINE_CACHE when it is set, else `tributary/engines` in the user's cache folder (XDG_CACHE_HOME). */
export function engineCache(): string {
  const { TRIBUTARY_ENGINE_CACHE: own, XDG_CACHE_HOME: caches } = process.env;
  return own || join(caches || join(homedir(), '.cache'), 'tributary', 'engines');
}

/**
 * The folder of that name in the cache; `make` fills it the first time. Whoever starts meanwhile, here or in another
 * process, finds either nothing or all of it.
 *
 * @param name with the version, e.g. `dynamodb-local-3.3.1`
 */
export function cached(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(engineCache(), name);
  const found = underWay.get(folder) ?? keep(folder, make);
  underWay.set(folder, found);
  // What failed is tried again by the next who asks.
  found.catch(() => underWay.delete(folder));
  return found;
}

async function keep(folder: string, make: (folder: string) => Promise<void>): Promise<string> {
  if (existsSync(folder)) return folder;
  await mkdir(engineCache(), { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await make(unfinished);
    await rename(unfinished, folder).catch((error: unknown) => {
      // Another process was faster, with the same content.
      if (!existsSync(folder)) throw error;
    });
    return folder;
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
}
