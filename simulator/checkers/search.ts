import { isAcceptable, searchedAttributes } from './acceptable.ts';
import { toScaled } from './exact-decimal.ts';
import { type Document, type Finding, type Item, isTombstone, type ObservedRegion } from './observed.ts';

/**
 * Each document equals the newest version of its item, and its versions only ever rose. An item whose newest version
 * has an attribute of a wrong type shows an older one; there the index may not show what the table never held.
 */
export function checkSearch(region: ObservedRegion): Finding[] {
  return [...checkDocuments(region), ...checkVersions(region)];
}

function checkDocuments({ name, users, documents }: ObservedRegion): Finding[] {
  const findings: Finding[] = [];
  const add = (kind: Finding['kind'], what: string) =>
    findings.push({ consumer: 'search-index', kind, what: `${name}: ${what}` });
  const shown = new Map(documents.filter((document) => !isHidden(document)).map((each) => [each.id, each]));
  for (const user of users) {
    const id = user.id?.S ?? '';
    if (isTombstone(user)) continue;
    const document = shown.get(id);
    shown.delete(id);
    if (!isAcceptable(user, searchedAttributes)) continue;
    if (document === undefined) add('lost', `${id} has no document`);
    else for (const field of differences(user, document)) add('diverged', `${field} of ${id} is not the item's`);
  }
  for (const id of shown.keys()) add('diverged', `${id} is in the index, but not in the table`);
  return findings;
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
