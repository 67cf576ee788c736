import { InvariantError } from '../../batch/errors.ts';
import type { Entry, WindowState } from '../../batch/sink.ts';
import { withTexts } from './distinct.ts';

export const countedOps = ['insert', 'modify', 'remove', 'expire'] as const;
export type CountedOp = (typeof countedOps)[number];

/** What the consumer's effects say of a change. */
export interface Usage {
  readonly op: CountedOp;
  /** Names who was active; the same text in every change of the same one. Absent: nobody. */
  readonly active?: string;
}

/** What a window has come to. Some 6 kB as JSON, however much it counts: Lambda hands on up to 1 MB. */
export interface WindowCounts {
  /** Sequence number of the first change that is counted. */
  readonly first: string;
  readonly changes: Readonly<Record<CountedOp, number>>;
  /** Sketch of who was active; absent: nobody. */
  readonly active?: Uint8Array;
}

/** `entries` are not empty. */
export function withUsage(state: WindowState, entries: readonly Entry<Usage>[]): WindowState {
  const before = readCounts(state);
  const first = before?.first ?? entries[0]?.change.position.sequenceNumber;
  if (first === undefined) throw new InvariantError('invariant', 'nothing is no beginning of a window');
  const changes = { ...(before?.changes ?? { insert: 0, modify: 0, remove: 0, expire: 0 }) };
  for (const { request } of entries) changes[request.op] += 1;
  const seen = new Set(entries.flatMap(({ request }) => request.active ?? []));
  const active = seen.size > 0 ? withTexts(before?.active, seen) : before?.active;
  return { first, changes, ...(active === undefined ? {} : { active: Buffer.from(active).toString('base64') }) };
}

/**
 * Undefined for a window in which nothing was counted.
 *
 * @throws {InvariantError} for a state that this code did not write
 */
export function readCounts({ first, changes, active }: WindowState): WindowCounts | undefined {
  if (first === undefined) return undefined;
  const counts: Partial<Record<string, unknown>> =
    typeof changes === 'object' && changes !== null ? { ...changes } : {};
  const of = (op: CountedOp): number => {
    const count = counts[op];
    if (typeof count === 'number') return count;
    throw unknownState();
  };
  if (typeof first !== 'string') throw unknownState();
  return {
    first,
    changes: { insert: of('insert'), modify: of('modify'), remove: of('remove'), expire: of('expire') },
    ...(typeof active === 'string' ? { active: Buffer.from(active, 'base64') } : {}),
  };
}

function unknownState(): InvariantError {
  return new InvariantError(
    'invariant',
    'the window has a state of another version of the function: deploy that one again until its windows have ended',
  );
}
