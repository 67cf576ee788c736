import { isAcceptable, searchedAttributes } from './acceptable.ts';
import { toScaled } from './exact-decimal.ts';
import { type Change, type Document, type Finding, type Item, isTombstone, type ObservedRegion } from './observed.ts';

/**
 * Each document equals the newest version of its item that has no attribute of a wrong type, and its versions only ever
 * rose.
 */
export function checkSearch(region: ObservedRegion): Finding[] {
  return [...checkDocuments(region), ...checkVersions(region)];
}

function checkDocuments({ name, users, documents, changes }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], what: string) =>
    findings.push({ consumer: 'search-index', kind, what: `${name}: ${what}` });
  const shown = new Map(documents.filter((document) => !isHidden(document)).map((each) => [each.id, each]));
  const byItem = Map.groupBy(changes.filter(isOfLiveItem), ({ id }) => id);
  for (const user of users) {
    const id = user.id?.S ?? '';
    if (isTombstone(user)) continue;
    const document = shown.get(id);
    shown.delete(id);
    if (!isAcceptable(user, searchedAttributes)) {
      const isKnown = newestAcceptable(byItem.get(id) ?? []).some((image) => isShown(image, document));
      if (!isKnown) add('diverged', `${id} is not shown as the newest version that can be`);
    } else if (document === undefined) add('lost', `${id} has no document`);
    else for (const field of differences(user, document)) add('diverged', `${field} of ${id} is not the item's`);
  }
  for (const id of shown.keys()) add('diverged', `${id} is in the index, but not in the table`);
  return findings;
}

/** A tombstone where nothing was, or where one was already, is no version of what is searched for. */
function isOfLiveItem({ oldImage, newImage }: Change): boolean {
  return [oldImage, newImage].some((image) => image !== undefined && !isTombstone(image));
}

/**
 * What may stand for an item whose newest version cannot be shown: the newest one that can, or nothing where the item
 * was gone then. Of changes that share a microsecond the item itself is read: it may be either of them, and where it
 * was beyond them already, and could not be shown, it is what was there before both.
 */
function newestAcceptable(changes: readonly Change[]): readonly (Item | undefined)[] {
  const found: (Item | undefined)[] = [];
  const groups = Map.groupBy(changes, ({ createdAtMicroseconds }) => createdAtMicroseconds);
  for (const group of [...groups.values()].reverse()) {
    const images = group.map(({ newImage }) => (isTombstone(newImage) ? undefined : newImage));
    found.push(...images.filter((image) => image === undefined || isAcceptable(image, searchedAttributes)));
    if (found.length > 0 && group.length === 1) return found;
  }
  return [...found, undefined];
}

function isShown(image: Item | undefined, document: Document | undefined): boolean {
  if (image === undefined || document === undefined) return image === document;
  return differences(image, document).length === 0;
}

function isHidden({ source }: Document): boolean {
  const mark = source.tributary;
  return typeof mark === 'object' && mark !== null && 'deleted' in mark && mark.deleted === true;
}

function differences(user: Item, { source }: Document): string[] {
  return Object.entries(searchedAttributes)
    .filter(([name, type]) => {
      const expected = user[name]?.[type];
      const found = source[name];
      if (expected === undefined || found === undefined) return expected !== found;
      // A number that went through a double on its way is another number.
      return type === 'N' ? typeof found !== 'string' || toScaled(found) !== toScaled(expected) : found !== expected;
    })
    .map(([name]) => name);
}

function checkVersions({ name, documentVersions }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  for (const [id, versions] of documentVersions) {
    const fell = versions.some((version, index) => version < (versions[index - 1] ?? 0n));
    if (fell) findings.push({ consumer: 'search-index', kind: 'diverged', what: `${name}: ${id} went back in time` });
  }
  return findings;
}
