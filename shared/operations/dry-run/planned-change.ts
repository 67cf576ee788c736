/** One change that a command would make, or made: where, to what, and never with a person's data. */
export interface PlannedChange {
  readonly region: string;
  readonly service: 'dynamodb' | 'opensearch' | 's3' | 'sqs' | 'ses';
  /** `insert`, `modify`, `remove`, `write`, `send`, ... */
  readonly action: string;
  /** Table, index, bucket's folder or queue. */
  readonly target: string;
  /** Key of the item, document or object; absent where there is none. */
  readonly key?: string;
  /** What changes in it: `count 4 -> 5`. */
  readonly detail?: string;
}

export type Plan = (change: Omit<PlannedChange, 'region'>) => void;
