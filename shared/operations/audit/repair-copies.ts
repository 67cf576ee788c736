import { patiently, sourceTableOf } from '../backfill/walk.ts';
import type { Brought, ItemCopies, ReadItem } from '../copies/item-copies.ts';
import { readItems } from '../table-pages.ts';
import type { AuditedDifference, AuditWalk } from './audit.ts';
import type { LastingDifference } from './settle-suspects.ts';

/** A snapshot is a minute older than the read; what was written there within that minute yields one later. */
const YOUNG_MS = 61_000;
const ATTEMPTS = 2;
const REPAIRED_AT_ONCE = 200;

/** Brings the items that differ as they are now, and compares once more. Never over what is newer. */
export async function repairAll(
  differences: readonly LastingDifference[],
  { walk, copies }: { readonly walk: AuditWalk; readonly copies: ItemCopies },
): Promise<readonly AuditedDifference[]> {
  const { options, operated } = walk;
  const repaired: AuditedDifference[] = [];
  const { bring, byNameOnly = false } = copies;
  if (bring === undefined || (byNameOnly && options.consumer === 'all'))
    return differences.map((each) => ({ ...each, isRepaired: false }));
  for (let first = 0; first < differences.length; first += REPAIRED_AT_ONCE) {
    const some = differences.slice(first, first + REPAIRED_AT_ONCE);
    const where = { region: operated.region.name, consumer: operated.definition.name };
    options.report({ ...where, step: 'repairing', suspects: differences.length - first });
    repaired.push(...(await repairSome(some, { walk, copies: { ...copies, bring } })));
  }
  return repaired;
}

async function repairSome(
  differences: readonly LastingDifference[],
  { walk, copies }: { readonly walk: AuditWalk; readonly copies: Repairable },
): Promise<readonly AuditedDifference[]> {
  const { clock, dryRun } = walk.options;
  const done: AuditedDifference[] = [];
  let open = differences;
  for (let attempt = 1; open.length > 0 && attempt <= ATTEMPTS; attempt += 1) {
    if (attempt > 1) await clock.sleep(YOUNG_MS);
    const left: LastingDifference[] = [];
    const { brought, after } = await bringAndCompare(open, { walk, copies });
    for (const [at, difference] of open.entries()) {
      const answer = brought[at];
      const refusal = answer?.kind === 'refused' ? { reason: `refused: ${answer.reason ?? ''}` } : {};
      if (after[at] === undefined) done.push({ ...difference, isRepaired: dryRun === undefined });
      else if (answer?.kind === 'stale' && dryRun === undefined) left.push(difference);
      else done.push({ ...difference, ...refusal, isRepaired: false });
    }
    open = left;
  }
  return [...done, ...open.map((each) => ({ ...each, isRepaired: false }))];
}

type Repairable = ItemCopies & Required<Pick<ItemCopies, 'bring'>>;

function bringAndCompare(
  differences: readonly LastingDifference[],
  { walk, copies }: { readonly walk: AuditWalk; readonly copies: Repairable },
) {
  const { operated, options } = walk;
  const table = sourceTableOf(operated.region, options.table);
  return patiently(async () => {
    const readAtMs = options.clock.nowMs();
    const items: readonly ReadItem[] = await readItems(
      table,
      differences.map(({ keys }) => keys),
    );
    const brought: readonly Brought[] = await copies.bring(items, readAtMs);
    return { brought, after: await copies.compare(items) };
  }, walk);
}
