import { emailedAttributes, isAcceptable, searchedAttributes } from './acceptable.ts';
import { type Change, type Finding, type Handling, isTombstone, type ObservedRegion } from './observed.ts';

interface Place {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

/**
 * Every record of a source has an end with every consumer that reads it: an invocation answered for it, or the mapping
 * gave it up, and not both, and only once. Pending dead letters are of the records that a consumer can never accept,
 * and every such record is one.
 */
export function checkAccounting(region: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  for (const [consumer, handled] of region.handled) {
    const add = (what: string) => findings.push({ consumer, kind: 'unaccounted', what: `${region.name}: ${what}` });
    const isStream = consumer === 'aggregates' || consumer === 'replicator';
    const records: readonly (Place & { readonly change?: Change })[] = isStream
      ? region.changes.map((change) => ({ ...change, change }))
      : region.deliveries;
    const letters = new Set(region.deadLetters.get(consumer));
    // A mapping that was created again reads everything again; nothing else makes it send what it has passed.
    const mostEnds = 1 + (region.recreatedAtMs.get(consumer)?.length ?? 0);
    const tied = consumer === 'search-index' ? tiedChanges(region.changes) : new Set<Change>();
    for (const { shardId, sequenceNumber, change } of records) {
      const place = `${shardId}:${sequenceNumber}`;
      const handling = handled.get(place);
      const ends = (handling?.resolved ?? 0) + (handling?.givenUp ?? 0);
      if (ends === 0) add(`${place} has no end`);
      if (ends > mostEnds) add(`${place} has ${ends} ends, and its mapping allows for ${mostEnds}`);
      const isLetter = letters.delete(place);
      const isPoison = isPoisonFor(consumer, change);
      const isTied = change !== undefined && tied.has(change);
      const isLeft = handling !== undefined && isLeftUnread(consumer, handling);
      if (isPoison && !isLetter && !isLeft)
        add(`${place} of ${nameOf(change)} cannot be accepted and is no dead letter`);
      if (!isPoison && isLetter && !isTied) add(`${place} of ${nameOf(change)} can be accepted and is a dead letter`);
    }
    for (const place of letters) add(`the dead letter ${place} is of no record`);
  }
  return findings;
}

/** Of changes that share a microsecond the item itself is read, and that may have become what cannot be accepted. */
function tiedChanges(changes: readonly Change[]): ReadonlySet<Change> {
  const unacceptable = new Set(changes.filter((each) => isPoisonFor('search-index', each)).map(({ id }) => id));
  const groups = Map.groupBy(changes, ({ id, createdAtMicroseconds }) => `${id} ${createdAtMicroseconds}`);
  const tied = [...groups.values()].filter((group) => group.length > 1).flat();
  return new Set(tied.filter(({ id }) => unacceptable.has(id)));
}

/** The windows are approximate: a batch that was given up before anybody looked into it is not redriven for them. */
function isLeftUnread(consumer: string, { resolved, givenUp }: Handling): boolean {
  return consumer === 'usage-analytics' && resolved === 0 && givenUp > 0;
}

function nameOf(change: Change | undefined): string {
  return change?.id ?? 'what is no change';
}

/**
 * Aggregates accept every change: what they cannot group they count as invalid. The replicator and the windows never
 * look into it, and the archive not even whether it is one.
 */
function isPoisonFor(consumer: string, change: Change | undefined): boolean {
  if (change === undefined) return consumer !== 'archive';
  const { oldImage, newImage } = change;
  if (newImage === undefined || isTombstone(newImage)) return false;
  const isInsert = oldImage === undefined || isTombstone(oldImage);
  if (consumer === 'search-index') return !isAcceptable(newImage, searchedAttributes);
  if (consumer !== 'welcome-email' || !isInsert) return false;
  return !isAcceptable(newImage, emailedAttributes) || newImage.email?.S === undefined;
}
