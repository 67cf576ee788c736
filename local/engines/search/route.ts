import type { Cluster } from './cluster.ts';
import type { JsonReply } from './documents.ts';

/** One request, as a route sees it. */
export interface Call {
  readonly cluster: Cluster;
  /** `:index`, `:id` and `:name` of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: ReadonlyMap<string, string>;
  readonly text: string;
}

export interface Route {
  readonly methods: readonly ('GET' | 'PUT' | 'POST' | 'DELETE')[];
  readonly paths: readonly string[];
  /** Accepted in the query string besides those that every route accepts. */
  readonly parameters?: readonly string[];
  /** Writes documents: such requests can be made to fail. */
  readonly writes?: boolean;
  readonly handle: (call: Call) => JsonReply;
}
