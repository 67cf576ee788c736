/**
 * Runs `work` for every item, started in order, at most `concurrency` at once. After the first throw nothing new is
 * started; it is thrown on when all that runs has ended, so that no work goes on behind the caller's back.
 */
export async function forEachBounded<Item>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<void>,
): Promise<void> {
  const remaining = items.values();
  const failures: unknown[] = [];
  const lane = async (): Promise<void> => {
    for (const item of remaining) {
      try {
        await work(item);
      } catch (error) {
        failures.push(error);
      }
      if (failures.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, items.length) }, lane));
  if (failures.length > 0) throw failures[0];
}

/** As {@link forEachBounded}, with what came of each item, in the order of the items. */
export async function mapBounded<Item, Result>(
  items: readonly Item[],
  concurrency: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  await forEachBounded([...items.entries()], concurrency, async ([at, item]) => {
    results[at] = await work(item);
  });
  return results;
}
