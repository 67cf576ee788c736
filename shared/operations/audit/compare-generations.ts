import { RetryableError } from '../../batch/errors.ts';
import { addDecimals, isZeroDecimal, negateDecimal } from '../../change/decimal.ts';
import type { AggregatesDependencies } from '../../sinks/aggregates/checkpoints.ts';
import { counterKey, SLICES } from '../../sinks/aggregates/layout.ts';
import type { Counter, Group, TotalDefinition } from '../../sinks/aggregates/total-definition.ts';
import { type GroupTotal, readTotalsOf } from '../../writer/read-totals.ts';

/** A group whose numbers are not what the table adds up to. Decimal texts. */
export interface GroupDifference {
  readonly total: string;
  readonly group: Group;
  /** What readers see, less what it should be. */
  readonly count: string;
  readonly sum: string;
}

interface Generations {
  readonly old: number;
  readonly built: number;
}

/** Reads of one counter that may meet a change. */
const MAX_MEETINGS = 50;

/**
 * What two generations that both take every change differ by, exactly, while changes go on: the difference of a counter
 * stays the same then, and is seen wherever the old one reads the same before and after the new one.
 *
 * @throws {RetryableError} when a counter changes all the time: compare again
 */
export async function compareGenerations(
  generations: Generations,
  { totals, aggregates }: { readonly totals: readonly TotalDefinition[]; readonly aggregates: AggregatesDependencies },
): Promise<readonly GroupDifference[]> {
  const differences: GroupDifference[] = [];
  for (const { name: total } of totals) {
    const groups = await differingGroups(total, generations, aggregates);
    for (const group of groups) {
      const difference = await exactDifference({ total, group }, generations, aggregates);
      if (!isZeroDecimal(difference.count) || !isZeroDecimal(difference.sum)) differences.push(difference);
    }
  }
  return differences;
}

/** At first sight: read one after the other, generations that are alike may look different, but never the reverse. */
async function differingGroups(total: string, { old, built }: Generations, aggregates: AggregatesDependencies) {
  const { dynamodb, tables } = aggregates;
  const read = async (generation: number) => {
    const rows = await readTotalsOf(dynamodb, { tableName: tables.counters, total, generation });
    return new Map(rows.map((row) => [JSON.stringify(row.group), row]));
  };
  const [before, after] = [await read(old), await read(built)];
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((id) => !isSame(before.get(id), after.get(id)))
    .flatMap((id) => before.get(id)?.group ?? after.get(id)?.group ?? []);
}

function isSame(a: GroupTotal | undefined, b: GroupTotal | undefined): boolean {
  return a?.count === b?.count && a?.sum === b?.sum;
}

async function exactDifference(
  counter: Counter,
  generations: Generations,
  aggregates: AggregatesDependencies,
): Promise<GroupDifference> {
  let [count, sum] = ['0', '0'];
  for (let slice = 0; slice < SLICES; slice += 1) {
    const part = await differenceIn(slice, { counter, generations, aggregates });
    count = addDecimals(count, part.count);
    sum = addDecimals(sum, part.sum);
  }
  return { ...counter, count, sum };
}

async function differenceIn(
  slice: number,
  options: {
    readonly counter: Counter;
    readonly generations: Generations;
    readonly aggregates: AggregatesDependencies;
  },
): Promise<Amounts> {
  const { counter, generations, aggregates } = options;
  const read = (generation: number) => amountsOf(counterKey(counter, { slice, generation }), aggregates);
  for (let meeting = 0; meeting < MAX_MEETINGS; meeting += 1) {
    const before = await read(generations.old);
    const built = await read(generations.built);
    const after = await read(generations.old);
    if (before.count !== after.count || before.sum !== after.sum) continue;
    const less = (a: string, b: string) => addDecimals(a, negateDecimal(b));
    return { count: less(after.count, built.count), sum: less(after.sum, built.sum) };
  }
  throw new RetryableError('sink-conflict', 'a counter changed all the time while it was compared');
}

interface Amounts {
  readonly count: string;
  readonly sum: string;
}

async function amountsOf(
  Key: ReturnType<typeof counterKey>,
  { dynamodb, tables }: AggregatesDependencies,
): Promise<Amounts> {
  const { Item } = await dynamodb.getItem({ TableName: tables.counters, Key, ConsistentRead: true });
  return { count: Item?.count?.N ?? '0', sum: Item?.sum?.N ?? '0' };
}
