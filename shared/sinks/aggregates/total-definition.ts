/**
 * An aggregate as data: how many items of an entity there are per group, and what one of their attributes adds up to.
 * An item without the attribute it would be grouped by is in no group (as in a sparse index); one whose attributes
 * cannot be read as declared here is counted under the total's group `invalid`.
 */
export interface TotalDefinition {
  /** Lower-case letters, digits and hyphens; part of stored keys, so a renamed total starts over. */
  readonly name: string;
  /** Entity of the table whose items are counted. */
  readonly entity: string;
  readonly by: GroupBy;
  /** Only items whose text attribute has this value. */
  readonly where?: { readonly attribute: string; readonly equals: string };
  /** Number attribute that is summed exactly; an item without it adds nothing. Absent: only counted. */
  readonly sum?: string;
}

export interface GroupBy {
  /** Text attribute of 1 to 1,024 bytes. */
  readonly attribute: string;
  /** The attribute is an ISO 8601 instant in UTC (`2026-11-21T02:34:51Z`), and groups are its days or minutes. */
  readonly per?: 'day' | 'minute';
}

/** `invalid` is told apart by kind, because an item's value may be that very word. */
export type Group = { readonly kind: 'value'; readonly value: string } | { readonly kind: 'invalid' };

/** One number to keep: a group of a total. */
export interface Counter {
  readonly total: string;
  readonly group: Group;
}

/** What one or several changes add to a counter. */
export interface Delta extends Counter {
  readonly count: number;
  /** Decimal text; absent for totals that only count. */
  readonly sum?: string;
}
