/** Fewer seeds do not tell growth from what is loaded once. */
const seedsMin = 20;
const slackBytes = 16 * 1024 * 1024;

/** How memory went from the first fifth of a run to the last, by what was in use after each seed, in their order. */
export function memoryOf(heaps: readonly number[]): { readonly line: string; readonly grows: boolean } {
  const fifth = Math.max(1, Math.floor(heaps.length / 5));
  const [first, last] = [mean(heaps.slice(0, fifth)), mean(heaps.slice(-fifth))];
  const grows = heaps.length >= seedsMin && last > first * 1.25 + slackBytes;
  const megabytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(0)} MB`;
  const line = `Heap in use after a seed: ${megabytes(first)} at the beginning, ${megabytes(last)} at the end`;
  return { line: grows ? `${line}: it grows` : line, grows };
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, each) => sum + each, 0) / Math.max(1, numbers.length);
}
