import { Buffer } from 'node:buffer';

/** Partitions of the index of due rows; the settler drains them side by side. */
export const lanes: readonly string[] = ['0', '1', '2', '3', '4', '5', '6', '7'];

/** Always the same lane for one id (FNV-1a over its UTF-8). */
export function laneOf(id: string): string {
  let hash = 0x811c9dc5;
  for (const byte of Buffer.from(id)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return String(hash % lanes.length);
}
