import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** How far a destination has got: all before it is in Kinesis. */
export interface DestinationPosition {
  /** By shard the last sequence number read, or `ended`. */
  readonly shards: Readonly<Record<string, string>>;
  /** The last creation time that was given. */
  readonly createdAtMicroseconds: number;
}

/** Undefined before the first one was kept. */
export async function readPosition(path: string): Promise<DestinationPosition | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as DestinationPosition;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw new Error(`The position in ${path} cannot be used: remove the file to put the whole stream again.`, {
      cause: error,
    });
  }
}

/** Written beside it, then renamed: a process that is killed leaves the old or the new one. */
export async function keepPosition(path: string, position: DestinationPosition): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.next`, JSON.stringify(position));
  await rename(`${path}.next`, path);
}
