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
export interface WalkStore {
  /** Undefined when none is under way. */
  read(): Promise<WalkState | undefined>;
  write(state: WalkState): Promise<void>;
  clear(): Promise<void>;
}

/** An object beside the failures: `operations/<name>.json`. Holds keys of items. */
export function walkStore(objects: ObjectStore, name: string): WalkStore {
  const key = `operations/${name}.json`;
  return {
    read: async () => {
      const body = await objects.get(key);
      return body === undefined ? undefined : (JSON.parse(body) as WalkState);
    },
    write: (state) => objects.put({ key, body: JSON.stringify(state), contentType: 'application/json' }),
    clear: () => objects.delete(key),
  };
}
