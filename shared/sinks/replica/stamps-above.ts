import { PoisonRecordError } from '../../batch/errors.ts';
import { nextStamp, type Stamp, successor } from '../../change/stamp.ts';
import { nowMicroseconds, type ReplicaDependencies } from './dependencies.ts';

/** As `nextStamp`, by the clock. @throws {PoisonRecordError} when `after` is the last stamp that there can be */
export function stampAbove(
  after: Stamp | undefined,
  { clock, region }: Pick<ReplicaDependencies, 'clock'> & { readonly region: string },
): Stamp {
  const next = () => nextStamp({ nowMicroseconds: nowMicroseconds({ clock }), after, region });
  // Without another stamp nothing but the clock can be at fault, and no record is to pay for that.
  return after === undefined ? next() : orPoison(next);
}

/** As `successor`. @throws {PoisonRecordError} when `stamp` is the last that there can be */
export function succeeding(stamp: Stamp, region: string): Stamp {
  return orPoison(() => successor(stamp, region));
}

/** Somebody wrote a stamp of the year 2286 into the item: waiting for a higher one would hold up all others. */
function orPoison(make: () => Stamp): Stamp {
  try {
    return make();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    const problem = "replica: the item's version is the last one that there can be, so that nothing can be newer";
    throw new PoisonRecordError('invalid-attribute', problem, { cause });
  }
}
