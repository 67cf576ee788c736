import type { Clock } from '../../batch/clock.ts';
import type { AttributeMap } from '../../change/attribute-value.ts';
import type { TableDefinition } from '../../change/table-definition.ts';
import type { PlannedChange } from '../dry-run/planned-change.ts';
import type { Mappings } from '../mappings.ts';
import type { Target } from '../target.ts';
import { forgetDocuments, hasDocument } from './forget-documents.ts';
import type { ForgetIn } from './forget-in.ts';
import { forgetInArchive, hasArchivedDeletion } from './forget-in-archive.ts';
import { forgetInFailures } from './forget-in-failures.ts';
import { forgetInTables } from './forget-in-tables.ts';
import { deleteItem, isItemGone } from './forget-item.ts';
import { type OutOfReach, outOfReach } from './out-of-reach.ts';
import { type Moment, notPassed, resting } from './passed-by.ts';

export interface ForgetOptions {
  readonly target: Target;
  readonly mappings: Pick<Mappings, 'read'>;
  readonly keys: AttributeMap;
  readonly table: TableDefinition;
  readonly clock: Clock;
  readonly dryRun: boolean;
  /** How long the deletion may take to reach every copy, document and the archive. */
  readonly waitMs: number;
  readonly report: (progress: { readonly region: string; readonly step: string; readonly done: number }) => void;
}

export interface Forgotten {
  readonly changes: readonly PlannedChange[];
  /** What was not done, and why: the command is to be run again. */
  readonly unfinished: readonly string[];
  readonly outOfReach: readonly OutOfReach[];
}

const pollMs = 500;

/**
 * Erases what is known of whom an item is about: the item, its copies, documents, lost versions, mails owed, addresses
 * that bounced, and its records in dead letters, failure objects and the archive. What tells the pipeline that
 * something has happened stays, without anything personal: the tombstone, the emptied row of the ledger, and pending
 * failures of what counts each change once, masked. Safe to repeat; a repetition also erases what streams still held
 * when it was run first.
 */
export async function forget(options: ForgetOptions): Promise<Forgotten> {
  const { target, dryRun, keys, table, clock, report } = options;
  const changes: PlannedChange[] = [];
  const places = target.regions.map(
    (region): ForgetIn => ({
      ...{ keys, table, clock, region },
      change: (change) => {
        changes.push({ region: region.name, ...change });
        return !dryRun;
      },
      progress: (step, done) => report({ region: region.name, step, done }),
    }),
  );
  const deletedAtMs = clock.nowMs();
  const addresses = new Set<string>();
  const deleted: boolean[] = [];
  for (const place of places) deleted.push(await deleteItem(place, { addresses, others: target.regions }));
  const wasThere = deleted.includes(true);
  const unfinished = dryRun ? [] : await arrive(places, { deletedAtMs: wasThere ? deletedAtMs : undefined, options });
  for (const place of places) {
    await forgetInTables(place, { addresses, wasThere });
    await forgetDocuments(place);
    unfinished.push(...(await forgetInFailures(place)));
    await forgetInArchive(place);
  }
  return { changes, unfinished, outOfReach: outOfReach(clock.nowMs()) };
}

/**
 * Waits until the deletion is everywhere: what is erased before it arrives would be written again. Nobody waits for a
 * consumer that rests.
 */
async function arrive(
  places: readonly ForgetIn[],
  { deletedAtMs, options }: { readonly deletedAtMs: number | undefined; readonly options: ForgetOptions },
): Promise<string[]> {
  const { clock, waitMs, mappings } = options;
  const deadlineMs = clock.nowMs() + waitMs;
  let arrived: Moment | undefined;
  for (;;) {
    const missing = (await Promise.all(places.map((place) => missingIn(place, deletedAtMs)))).flat();
    const now: Moment = { atMs: clock.nowMs(), views: await mappings.read() };
    const rest = resting(now.views);
    if (rest.length > 0) return [...missing, ...rest];
    if (missing.length === 0) {
      arrived ??= now;
      missing.push(...notPassed(arrived, now));
    }
    if (missing.length === 0 || now.atMs >= deadlineMs) return missing;
    for (const place of places) place.progress('waiting for the deletion to arrive', 0);
    await clock.sleep(pollMs);
  }
}

async function missingIn(place: ForgetIn, deletedAtMs: number | undefined): Promise<string[]> {
  const { name } = place.region;
  return [
    ...((await isItemGone(place)) ? [] : [`${name}: the deletion has not reached the copy of the item`]),
    ...((await hasDocument(place)) ? [`${name}: the deletion has not reached the search document`] : []),
    ...(deletedAtMs === undefined || (await hasArchivedDeletion(place, deletedAtMs))
      ? []
      : [`${name}: the deletion has not reached the archive`]),
  ];
}
