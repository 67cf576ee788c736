import type { AttributeMap } from '../../change/attribute-value.ts';
import type { ObjectStore } from '../../services/s3/port.ts';

export interface CopiesResult {
  /** Items read, those of an earlier process of the same backfill included. */
  readonly items: number;
  /** How many came to what. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** The first items that were refused, with why; their live changes are dead letters for the same reason. */
  readonly refused: readonly { readonly keys: AttributeMap; readonly reason: string }[];
}

/** How far a walk through a table is. */
export interface WalkState extends CopiesResult {
  readonly startedAtMs: number;
  /** Key of the last item that is dealt with; absent: it has not begun. */
  readonly after?: AttributeMap;
}

/** Where a walk leaves its progress, so that another process can go on with it. */
export interface WalkStore<State> {
  /** Undefined when none is under way. */
  read(): Promise<State | undefined>;
  write(state: State): Promise<void>;
  clear(): Promise<void>;
}

/** An object beside the failures: `operations/<name>.json`. Holds keys of items. */
export function walkStore<State>(objects: ObjectStore, name: string): WalkStore<State> {
  const key = `operations/${name}.json`;
  return {
    read: async () => {
      const body = await objects.get(key);
      const stored = body === undefined ? null : (JSON.parse(body) as State | null);
      return stored ?? undefined;
    },
    write: (state) => objects.put({ key, body: JSON.stringify(state), contentType: 'application/json' }),
    // Written over rather than deleted: an operator may delete nothing in the bucket of failures.
    clear: () => objects.put({ key, body: 'null', contentType: 'application/json' }),
  };
}

/** Of a dry run: it begins at the beginning and leaves no trace. */
export function forgetfulStore<State>(): WalkStore<State> {
  return { read: async () => undefined, write: async () => undefined, clear: async () => undefined };
}
