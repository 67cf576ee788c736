import type { JsonObject } from '../../shared/services/opensearch/json.ts';

/** What rules look at, whichever kind of file it came from. */
export interface Inventory {
  readonly mappings: readonly LintedMapping[];
  /** Of templates; a listing of mappings has none. */
  readonly resources: readonly LintedResource[];
}

/** Event source mappings have the same names for their settings in CloudFormation and in the API of Lambda. */
export interface LintedMapping {
  /** For people: file and name. */
  readonly where: string;
  readonly kind: 'dynamodb' | 'kinesis' | 'sqs' | 'other';
  /** The same text for mappings that read the same. */
  readonly source: string;
  /** Kinesis: it reads as a registered consumer, with throughput of its own. */
  readonly enhanced: boolean;
  readonly settings: JsonObject;
  /** What it reads, when a given template makes it. */
  readonly sourceResource?: LintedResource;
  /** The function that it invokes, when a given template makes it. */
  readonly functionResource?: LintedResource;
}

export interface LintedResource {
  readonly where: string;
  readonly type: string;
  readonly properties: JsonObject;
  readonly deletionPolicy?: string;
  readonly updateReplacePolicy?: string;
}
