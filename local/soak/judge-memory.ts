import type { ProcessSeries } from './memory-samples.ts';

export interface MemoryVerdict {
  readonly name: string;
  /** Medians: of the second third of the samples, and of the last one. */
  readonly betweenBytes: number;
  readonly lastBytes: number;
  readonly mostBytes: number;
  /** What is wrong, in words; absent when the memory is as it should be. */
  readonly problem?: string;
}

const mostGrowth = 0.15;
/** Below this a tenth more is one page of a file that was read. */
const noticeableBytes = 16 * 1024 * 1024;
/** A virtual machine fills the heap that it may have; its code, threads and buffers may take as much again. */
const heapsOfJvm = 2;
const mebibyte = 1024 * 1024;
const fewestSamples = 6;

/**
 * The first third of the samples is a warm-up, what follows has to stay level: what grows with what was written shows
 * itself as growth from the second third to the last.
 */
export function judgeMemory(series: ProcessSeries): MemoryVerdict {
  const { name, bytes, heapLimitBytes } = series;
  const third = Math.floor(bytes.length / 3);
  const betweenBytes = medianOf(bytes.slice(third, 2 * third));
  const lastBytes = medianOf(bytes.slice(2 * third));
  const verdict = { name, betweenBytes, lastBytes, mostBytes: Math.max(0, ...bytes) };
  const problem = problemOf(verdict, { samples: bytes.length, heapLimitBytes });
  return problem === undefined ? verdict : { ...verdict, problem };
}

function problemOf(
  { name, betweenBytes, lastBytes, mostBytes }: MemoryVerdict,
  { samples, heapLimitBytes }: { samples: number; heapLimitBytes: number | undefined },
): string | undefined {
  if (samples < fewestSamples) return `the memory of ${name} was seen ${samples} times, which is too few to judge`;
  if (heapLimitBytes !== undefined) {
    const limit = heapLimitBytes * heapsOfJvm;
    return mostBytes > limit ? `${name} held ${inMb(mostBytes)} MB, above ${inMb(limit)} MB` : undefined;
  }
  const grown = lastBytes - betweenBytes;
  if (grown <= Math.max(noticeableBytes, betweenBytes * mostGrowth)) return undefined;
  return `${name} grew from ${inMb(betweenBytes)} to ${inMb(lastBytes)} MB in the last third`;
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

export function inMb(bytes: number): number {
  return Math.round(bytes / mebibyte);
}
