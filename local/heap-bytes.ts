import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Of the heap of this thread that is in use once all garbage is gone: otherwise it tells how far that had piled up. */
export function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  return process.memoryUsage().heapUsed;
}
