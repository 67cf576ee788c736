import type { AttributeMap } from '../../change/attribute-value.ts';

/** Everything that the pipeline knows of one item, in every region. Images are as the caller wants them shown. */
export interface Explanation {
  readonly regions: readonly RegionExplanation[];
  /** What follows from it, in words. */
  readonly findings: readonly string[];
}

export interface RegionExplanation {
  readonly region: string;
  /** `gone`: nothing is there; `deleted`: a tombstone. */
  readonly item: {
    readonly state: 'live' | 'deleted' | 'gone';
    readonly image?: AttributeMap;
    readonly stamp?: string;
  };
  /** Absent where nothing indexes. */
  readonly document?: DocumentExplanation;
  /** Absent where nobody is written to. */
  readonly email?: { readonly state: string; readonly attempts: number };
  /** Total and group, for each counter that the item as it is now counts in. */
  readonly countsIn: readonly { readonly total: string; readonly group: string; readonly sum?: string }[];
  /** Versions that lost to another region's. */
  readonly lost: readonly { readonly version: string; readonly reason: string; readonly at: string }[];
  readonly failures: readonly FailureExplanation[];
  /** What the archive holds of it, oldest first. */
  readonly changes: readonly ChangeExplanation[];
}

export interface DocumentExplanation {
  readonly state: 'current' | 'tombstone' | 'missing';
  /** Creation time of the change that it stands for, ISO 8601. */
  readonly changedAt?: string;
}

export interface FailureExplanation {
  readonly consumer: string;
  readonly kind: 'dead letter' | 'failure object';
  readonly key: string;
  readonly state: string;
  readonly why: string;
}

export interface ChangeExplanation {
  readonly op: string;
  /** ISO 8601. */
  readonly at: string;
  readonly newImage?: AttributeMap;
}
