import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { OpenWindow, PositionStore, Positions, ShardPosition } from './position-store.ts';

/**
 * Positions in one JSON file that is only ever replaced as a whole (written beside it, then renamed), so that a
 * process killed at any moment leaves the old or the new positions. Not synced to the disk: a crash of the machine
 * may lose the newest positions, which costs repeated deliveries and no record.
 */
export function filePositions({ path }: { readonly path: string }): PositionStore {
  return {
    async load() {
      const text = await readIfPresent(path);
      return text === undefined ? undefined : parsePositions(text, path);
    },
    async save(positions) {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(`${path}.next`, JSON.stringify({ version: 1, ...positions }));
      await rename(`${path}.next`, path);
    },
  };
}

/** The file is there but cannot be used; it has to be repaired, or removed to begin at the starting position again. */
export class UnreadablePositionsError extends Error {
  override readonly name = 'UnreadablePositionsError';
}

async function readIfPresent(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function parsePositions(text: string, path: string): Positions {
  const refuse = (reason: string, cause?: unknown) =>
    new UnreadablePositionsError(
      `The positions in ${path} cannot be used: ${reason}. Repair the file, or remove it to read the stream again ` +
        `from the mapping's StartingPosition.`,
      { cause },
    );
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw refuse('it is not JSON', cause);
  }
  if (!isObject(content) || content.version !== 1) throw refuse('its version is not 1');
  const { eventSourceArn, shards } = content;
  if (typeof eventSourceArn !== 'string' || !isObject(shards)) throw refuse('it names no stream or no shards');
  const entries = Object.entries(shards).map(([shardId, position]): [string, ShardPosition] => {
    if (!isPosition(position)) throw refuse(`shard ${shardId} has no valid position`);
    return [shardId, position];
  });
  return { eventSourceArn, shards: Object.fromEntries(entries) };
}

function isPosition(value: unknown): value is ShardPosition {
  if (!isObject(value)) return false;
  if (value.kind === 'finished') return true;
  if (value.kind === 'start') {
    const at = value.at;
    return at === 'TRIM_HORIZON' || at === 'LATEST' || (isObject(at) && typeof at.timestampMs === 'number');
  }
  const { sequenceNumber, window } = value;
  const counts = typeof sequenceNumber === 'string' && /^\d+$/.test(sequenceNumber);
  return value.kind === 'after' && counts && (window === undefined || isWindow(window));
}

function isWindow(value: unknown): value is OpenWindow {
  if (!isObject(value)) return false;
  return typeof value.startMs === 'number' && typeof value.endMs === 'number' && isObject(value.state);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
