import type { AttributeMap } from '../../change/attribute-value.ts';
import { keyText } from '../../change/key-text.ts';
import { liveConsumer, patiently, sourceTableOf } from '../backfill/walk.ts';
import type { Difference, ItemCopies, ReadItem } from '../copies/item-copies.ts';
import { watchForStandstill } from '../resting-consumer.ts';
import { readItems } from '../table-pages.ts';
import type { AuditWalk } from './audit.ts';
import { knownFailures } from './known-failures.ts';

/** An item that differed when it was looked at. */
export interface Suspect {
  readonly keys: AttributeMap;
  /** As it was then, and since when it has been so; absent: not looked at again yet. */
  readonly seen?: { readonly image: string; readonly sinceMs: number };
}

export interface LastingDifference extends Difference {
  readonly keys: AttributeMap;
  readonly reason: string;
}

interface Context {
  readonly walk: AuditWalk;
  readonly copies: ItemCopies;
}

const LOOKED_AT_ONCE = 200;

/**
 * Looks at suspects until each is alike, or has differed for the whole grace while the item stood still and its
 * consumer was not behind. What is still open when the patience ends differs as well: that the consumer is behind, or
 * that the item never stands still, is the reason then.
 *
 * @throws {RestingConsumerError} when waiting makes no sense, because its consumer is paused or takes nothing any more
 */
export async function settleSuspects(
  suspects: readonly Suspect[],
  context: Context,
): Promise<readonly LastingDifference[]> {
  const { walk } = context;
  const { options, operated } = walk;
  const { clock, graceMs, patienceMs, report } = options;
  const deadlineMs = clock.nowMs() + patienceMs;
  const lasting: (Difference & { keys: AttributeMap; open?: string })[] = [];
  const watch = watchForStandstill(clock);
  let open: readonly Suspect[] = [...new Map(suspects.map((each) => [keyText(each.keys), each])).values()];
  while (open.length > 0) {
    report({
      region: operated.region.name,
      consumer: operated.definition.name,
      step: 'settling',
      suspects: open.length,
    });
    const live = await liveConsumer(walk);
    watch(live);
    const looked = await lookAgain(open, { ...context, lagMs: live?.oldestMs ?? 0 });
    lasting.push(...looked.lasting);
    if (clock.nowMs() >= deadlineMs) {
      lasting.push(...looked.open.map(({ keys, difference, why }) => ({ keys, ...difference, open: why })));
      break;
    }
    open = looked.open;
    if (open.length > 0) await clock.sleep(graceMs);
  }
  return withReasons(lasting, walk);
}

interface OpenSuspect extends Suspect {
  readonly difference: Difference;
  readonly why: string;
}

async function lookAgain(suspects: readonly Suspect[], { walk, copies, lagMs }: Context & { readonly lagMs: number }) {
  const { operated, options } = walk;
  const { clock, graceMs } = options;
  const table = sourceTableOf(operated.region, options.table);
  const open: OpenSuspect[] = [];
  const lasting: (Difference & { keys: AttributeMap })[] = [];
  for (let first = 0; first < suspects.length; first += LOOKED_AT_ONCE) {
    const some = suspects.slice(first, first + LOOKED_AT_ONCE);
    const { items, differences } = await patiently(async () => {
      const read = await readItems(
        table,
        some.map(({ keys }) => keys),
      );
      return { items: read, differences: await copies.compare(read) };
    }, walk);
    for (const [at, { keys, seen }] of some.entries()) {
      const difference = differences[at];
      if (difference === undefined) continue;
      const image = imageText(items[at]);
      const stoodStill = seen?.image === image;
      const sinceMs = stoodStill ? seen.sinceMs : clock.nowMs();
      const forMs = clock.nowMs() - sinceMs;
      const why = lagMs > forMs ? `its consumer is ${Math.ceil(lagMs / 1000)} s behind` : 'it changes all the time';
      if (stoodStill && forMs >= graceMs && lagMs <= forMs) lasting.push({ keys, ...difference });
      else open.push({ keys, seen: { image, sinceMs }, difference, why });
    }
  }
  return { open, lasting };
}

function imageText(item: ReadItem | undefined): string {
  return JSON.stringify(item?.image ?? null);
}

async function withReasons(
  lasting: readonly (Difference & { readonly keys: AttributeMap; readonly open?: string })[],
  { operated }: AuditWalk,
): Promise<readonly LastingDifference[]> {
  if (lasting.length === 0) return [];
  const failures = await knownFailures(operated.region, operated.definition.name);
  return lasting.map(({ open, ...difference }) => {
    const reason = open ?? failures.get(keyText(difference.keys)) ?? 'no failure is kept that would explain it';
    return { ...difference, reason };
  });
}
