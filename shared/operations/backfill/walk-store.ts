import type { AttributeMap } from '../../change/attribute-value.ts';
import type { ObjectStore } from '../../services/s3/port.ts';
import type { CopiesResult } from './backfill-copies.ts';

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
