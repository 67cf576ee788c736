import type { UserRecord } from '../user-image.ts';
import type { Contender } from './contender.ts';
import type { Cost } from './meter.ts';

export interface Spent extends Cost {
  readonly timeMs: number;
  /** How many records the invocations were given, and how many were given up. */
  readonly delivered: number;
  readonly parked: number;
}

/** As a mapping with MaximumRetryAttempts 2. */
const mostDeliveries = 3;

/** Delivers as a mapping does that repeats from the lowest failure, and gives up what is left. */
export async function deliverAll(
  contender: Contender,
  records: readonly UserRecord[],
  cost: () => Readonly<Cost>,
): Promise<Spent> {
  const [before, startedMs] = [cost(), performance.now()];
  let rest = records;
  let delivered = 0;
  for (let delivery = 0; delivery < mostDeliveries && rest.length > 0; delivery += 1) {
    delivered += rest.length;
    const first = await contender.deliver(rest);
    rest = first === undefined ? [] : rest.slice(rest.findIndex((each) => each.dynamodb.SequenceNumber === first));
  }
  const timeMs = performance.now() - startedMs;
  const { requests, writeUnits } = cost();
  return {
    ...{ timeMs, delivered, parked: rest.length },
    ...{ requests: requests - before.requests, writeUnits: writeUnits - before.writeUnits },
  };
}
