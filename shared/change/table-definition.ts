/** How a table looks, as data: the only place where attribute names of a user's table are written down. */
export interface TableDefinition {
  /** Logical name; the physical one comes from configuration. */
  readonly name: string;
  readonly partitionKey: KeyAttribute;
  readonly sortKey?: KeyAttribute;
  /** Number attribute (epoch seconds) that DynamoDB's time to live reads. */
  readonly timeToLiveAttribute?: string;
  /** Attribute that holds the stamp of a write (`_v`). */
  readonly versionAttribute: string;
  /** Attribute that marks an item as the tombstone of a deleted one (`_deleted`). */
  readonly tombstoneAttribute: string;
  readonly entities: readonly EntityDefinition[];
}

export interface KeyAttribute {
  readonly name: string;
  readonly type: 'S' | 'N' | 'B';
}

export interface EntityDefinition {
  readonly name: string;
  /** Tells this entity's items apart in a table of several; absent: every item is one. */
  readonly match?: { readonly attribute: string; readonly prefix: string };
  readonly attributes: { readonly [name: string]: AttributeDefinition };
}

export interface AttributeDefinition {
  readonly type: AttributeType;
  /** Absent values are invalid for a consumer that reads this attribute. @default false */
  readonly required?: boolean;
  /** Personal data, and how it is shown to people and kept in recorded batches. Absent: not personal. */
  readonly personal?: 'hash' | 'email' | 'redact';
  /** How the attribute is indexed; absent: not in the search document. */
  readonly search?: 'keyword' | 'text' | 'decimal' | 'date' | 'boolean';
}

/** `timestamp`: ISO 8601 text with a zone. `epochSeconds`: a number, as time to live wants it. */
export type AttributeType =
  | 'string'
  | 'decimal'
  | 'boolean'
  | 'binary'
  | 'timestamp'
  | 'epochSeconds'
  | 'stringSet'
  | 'map';
